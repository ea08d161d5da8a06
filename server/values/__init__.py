"""The frozen values that cross layer boundaries. They hold data only; units are in the names."""
