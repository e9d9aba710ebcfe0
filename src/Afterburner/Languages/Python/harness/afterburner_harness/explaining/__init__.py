"""What somebody has to know who is to rewrite a function: the code that it uses, who calls it, and a call."""
