"""The pages of the window, one a file, each with its model beside it."""
