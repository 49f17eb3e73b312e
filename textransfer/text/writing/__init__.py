"""Tables as files, in the format of their ending."""
