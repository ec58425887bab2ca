"""Questions that strangers to the code wrote over texts of their own, to see how the product does on what it was not made with."""
