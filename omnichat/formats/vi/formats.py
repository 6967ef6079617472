"""How Vietnamese people write moments and numbers; Django's own long form is a sentence."""

DATE_FORMAT = "d/m/Y"
DATETIME_FORMAT = "H:i d/m/Y"
SHORT_DATETIME_FORMAT = "H:i d/m/Y"
SHORT_DATE_FORMAT = "d/m/Y"
NUMBER_GROUPING = 3
