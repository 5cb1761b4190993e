"""The numbers behind the lab pages. Each lab's settings are declared once and travel in its link."""
