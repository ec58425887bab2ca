"""How the router's classifier of messages is made: phrases, public data, the fit and its measurement."""
