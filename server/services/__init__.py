"""What can be done, one class an area. A method opens one short database session and returns frozen values."""
