"""The pip of the Python that runs this, with a list that is made only once."""
