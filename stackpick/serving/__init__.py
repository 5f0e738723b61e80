"""How the site is served to clients that take their time, and to those who try what they can."""
