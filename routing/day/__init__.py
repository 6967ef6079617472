"""The synthetic day: a shop's day of conversations, played through the real scoring."""

from routing.day.drawing import DrawnDay, draw_day
from routing.day.figures import Figures, figures_of, mean_of
from routing.day.playing import play
from routing.day.rules import Day, Shift

__all__ = [
    "Day",
    "DrawnDay",
    "Figures",
    "Shift",
    "draw_day",
    "figures_of",
    "mean_of",
    "play",
]
