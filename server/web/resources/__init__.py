"""Falcon resources: each translates HTTP to one service and back, a few lines a responder."""
