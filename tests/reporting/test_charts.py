"""Charts: exact geometry, the table that says the same, and what never reaches the browser."""

import re
from decimal import Decimal

import pytest
from django.template import Context, Template
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from reporting.charts import (
    BarChart,
    HeatMap,
    LegendItem,
    LineChart,
    Series,
    ShareRow,
    Shares,
    written,
)
from reporting.charts.axes import FRAMES, PHONE, Bar, Path, Point, Text
from reporting.charts.bars import bar_drawing
from reporting.charts.heat import depth_of
from reporting.charts.lines import line_drawing
from reporting.charts.numbers import exact
from reporting.charts.scales import Span, at, nice_ticks, thinned
from reporting.charts.shares import share_bar
from reporting.charts.sparkline import sparkline_of

CARD = FRAMES["card"]
WEEK = ["17/11", "18/11", "19/11", "20/11", "21/11", "22/11", "Today"]
SENTENCE = "The first response fell from 4.6 to 3.4 minutes, below the goal of 5."
EVIL = '"><script>alert(1)</script>'
RECEIVED = [97, 109, 89, 113, 123, 79, 51, 101, 112, 94, 118, 127, 80, 54]
RESOLVED = [90, 101, 82, 105, 113, 73, 47, 93, 103, 86, 108, 117, 74, 50]


def first_response(**given_) -> LineChart:
    series = [
        Series("This week", [4.6, 4.1, 5.4, 4.4, 3.9, 4.2, 3.4]),
        Series("Last week", [5.2, 5.6, 4.9, 5.8, 5.1, 4.4, 4.2], "prev"),
        Series("Goal", [5] * 7, "goal"),
    ]
    return LineChart(**{"label": SENTENCE, "x": WEEK, "series": series, "unit": "p"} | given_)


def line(values, kind="main", **given_) -> LineChart:
    x = [str(place) for place in range(len(values))]
    return LineChart(label=SENTENCE, x=x, series=[Series("Received", values, kind)], **given_)


def two_weeks(**given_) -> BarChart:
    series = [Series("Received", RECEIVED, "second"), Series("Resolved", RESOLVED)]
    x = [f"{day}/11" for day in range(9, 23)]
    return BarChart(**{"label": SENTENCE, "x": x, "series": series} | given_)


def heat(values, **given_) -> HeatMap:
    rows = [f"T{place}" for place in range(2, 2 + len(values))]
    columns = [str(8 + place) for place in range(len(values[0]) if values else 0)]
    return HeatMap(label=SENTENCE, rows=rows, columns=columns, values=values, **given_)


def shown(markup: str, language: str = "en", **context) -> str:
    with translation.override(language):
        return Template("{% load charts %}" + markup).render(Context(context))


def chart(one, language: str = "en") -> str:
    return shown("{% chart one %}", language, one=one)


def rows(html: str) -> list[list[str]]:
    """The texts of each row of the table, headings too."""
    found = re.findall(r"<tr>(.*?)</tr>", html, re.DOTALL)
    return [re.findall(r"<t[hd][^>]*>(?:<span[^>]*>)?([^<]*)<", row) for row in found]


# --- Scales -------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("top", "is_whole", "ticks"),
    [
        ("136", True, ["0", "50", "100", "150"]),
        ("5.8", False, ["0", "2", "4", "6"]),
        ("96.5", False, ["0", "25", "50", "75", "100"]),
        ("100", True, ["0", "25", "50", "75", "100"]),
        ("3", True, ["0", "1", "2", "3"]),
        ("1", True, ["0", "1"]),
        ("0", True, ["0", "1"]),
        ("0", False, ["0", "0.5", "1"]),
        ("0.37", False, ["0", "0.1", "0.2", "0.3", "0.4"]),
        ("1650000", True, ["0", "500000", "1000000", "1500000", "2000000"]),
    ],
)
def test_ticks_are_nice(top, is_whole, ticks):
    assert nice_ticks(Decimal(top), is_whole=is_whole) == [Decimal(tick) for tick in ticks]


@given(
    st.decimals(min_value=0, max_value=10**15, places=4, allow_nan=False, allow_infinity=False),
    st.booleans(),
)
def test_ticks_cover_the_top_and_stay_few(top, is_whole):
    ticks = nice_ticks(top, is_whole=is_whole)
    assert ticks[0] == 0
    assert ticks[-1] >= top
    assert ticks[-2] < top or top == 0
    assert 2 <= len(ticks) <= 7
    assert len({right - left for left, right in zip(ticks, ticks[1:], strict=False)}) == 1
    assert ticks == sorted(set(ticks))
    assert not is_whole or all(tick == tick.to_integral_value() for tick in ticks)


@pytest.mark.parametrize(
    ("value", "text"),
    [(34, "34"), (77.8499, "77.8"), (-0.01, "0"), (1150.04, "1150"), (Decimal("131.95"), "131.9")],
)
def test_coordinates_have_a_point_in_every_language(value, text):
    with translation.override("vi"):
        assert at(value) == text


def test_labels_are_thinned_evenly_and_keep_the_last():
    ten_wide = [Span(place * 6, place * 6 + 10) for place in range(8)]
    assert thinned(ten_wide, gap=2) == [1, 3, 5, 7]
    assert thinned(ten_wide, gap=9) == [3, 7]
    assert thinned(ten_wide, gap=500) == [7]
    assert thinned([], gap=2) == []


@given(st.integers(1, 400), st.integers(1, 12), st.sampled_from([*FRAMES.values(), PHONE]))
def test_no_two_labels_touch(count, letters, frame):
    x = ["m" * letters] * count
    one = LineChart(label=SENTENCE, x=x, series=[Series("Received", [1] * count)])
    for drawing in (line_drawing(one, frame), bar_drawing(BarChart(**as_bars(one)), frame)):
        spans = [extent(text, frame.font) for text in drawing.labels]
        assert spans
        for left, right in zip(spans, spans[1:], strict=False):
            assert right[0] - left[1] >= frame.font * 0.5


def as_bars(one: LineChart) -> dict:
    return {"label": one.label, "x": one.x, "series": one.series}


def extent(text: Text, font: int) -> tuple[float, float]:
    """From where to where it reaches with letters 0.65 em wide, the widest measured."""
    width, x = len(text.text) * font * 0.65, float(text.x)
    start = {"mid": x - width / 2, "end": x - width, "": x}[text.anchor]
    return start, start + width


# --- Lines --------------------------------------------------------------------------------------
def test_a_line_chart_stands_where_the_axes_say():
    drawing = line_drawing(first_response(), CARD)
    assert [(tick.text, tick.y, tick.text_y) for tick in drawing.ticks] == [
        ("0p", "164", "168"),
        ("2p", "114", "118"),
        ("4p", "64", "68"),
        ("6p", "14", "18"),
    ]
    run = "M34 49L132.3 61.5L230.7 29L329 54L427.3 66.5L525.7 59L624 79"
    assert drawing.areas == [f"{run}V164H34Z"]
    assert drawing.paths == [
        Path("M34 34L132.3 24L230.7 41.5L329 19L427.3 36.5L525.7 54L624 59", "line is-2"),
        Path("M34 39H624", "goal"),
        Path(run, "line"),
    ]
    assert drawing.points == [Point("624", "79")]
    with translation.override("vi"):
        assert line_drawing(first_response(), CARD).value == Text("632", "69", "3,4p", "end")
    assert drawing.labels[0] == Text("34", "184", "17/11", "mid")
    assert drawing.labels[-1] == Text("632", "184", "Today", "end")
    assert len(drawing.labels) == 7


def test_a_phone_gets_its_own_drawing_with_fewer_labels():
    drawing = line_drawing(first_response(), PHONE)
    assert [text.text for text in drawing.labels] == ["17/11", "19/11", "21/11", "Today"]
    html = chart(first_response())
    wide, narrow = re.findall(r"<svg.*?</svg>", html, re.DOTALL)[:2]
    assert 'class="chart not-phone" viewBox="0 0 640 190"' in wide
    assert 'class="only-phone" width="100%" height="200" viewBox="0 0 330 200"' in narrow
    assert [part.count('role="img"') for part in (wide, narrow)] == [1, 1]
    assert ("<title>" in wide, "<title>" in narrow) == (True, False)


def test_paper_gets_one_drawing():
    html = chart(first_response(size="paper"))
    assert 'class="chart" viewBox="0 0 880 190"' in html
    assert "phone" not in html


def test_a_gap_breaks_the_line_and_its_area():
    drawing = line_drawing(line([4, 4, None, 2, None, 1, 0]), CARD)
    runs = ["M34 14L132.3 14", "M329 89h0", "M525.7 126.5L624 164"]
    assert drawing.paths == [Path("".join(runs), "line")]
    assert drawing.areas == [runs[0] + "V164H34Z", runs[2] + "V164H525.7Z"]
    assert drawing.points == [Point("329", "89", "3"), Point("624", "164")]


def test_the_ring_stands_on_the_last_known_value():
    drawing = line_drawing(line([4, 2, None]), CARD)
    assert drawing.points == [Point("329", "89")]
    assert drawing.value == Text("337", "79", "2", "end")


def test_one_point_stands_in_the_middle():
    drawing = line_drawing(line([12]), CARD)
    assert drawing.points == [Point("329", "44")]
    assert (drawing.areas, drawing.paths) == ([], [Path("M329 44h0", "line")])
    assert [text.text for text in drawing.labels] == ["0"]


def test_all_zero_is_a_line_on_the_axis():
    drawing = line_drawing(line([0, 0, 0]), CARD)
    assert drawing.paths == [Path("M34 164L329 164L624 164", "line")]
    assert [tick.text for tick in drawing.ticks] == ["0", "1"]


def test_long_figures_push_the_axis_to_the_right():
    with translation.override("vi"):
        drawing = line_drawing(line([1_000_000, 1_650_000]), CARD)
    assert [tick.text for tick in drawing.ticks][-1] == "2.000.000"
    assert (drawing.left, drawing.ticks[0].text_x) == ("72", "64")


def test_a_second_line_and_a_moving_goal():
    series = [
        Series("A", [1, 2]),
        Series("B", [2, 1], "second"),
        Series("C", [2, 2], "bad"),
        Series("Goal", [1, 2], "goal"),
    ]
    one = LineChart(label=SENTENCE, x=["a", "b"], series=series, area=False)
    drawing = line_drawing(one, CARD)
    assert [(path.css, path.tone) for path in drawing.paths] == [
        ("goal", ""),
        ("", "bad"),
        ("", "info"),
        ("line", ""),
    ]
    assert (drawing.paths[0].d, drawing.areas) == ("M34 89L624 14", ())
    assert 'stroke="var(--info)"' in chart(one)
    assert one.legend == [
        LegendItem("A"),
        LegendItem("B", tone="info"),
        LegendItem("C", tone="bad"),
        LegendItem("Goal", key="goal"),
    ]


# --- Bars ---------------------------------------------------------------------------------------
def test_two_bars_stand_around_the_middle_of_their_day():
    drawing = bar_drawing(two_weeks(), FRAMES["wide"])
    assert len(drawing.bars) == 28
    assert drawing.bars[:2] == [
        Bar("56.1", "74.4", "22", "121.6", "3", "col is-2"),
        Bar("81.1", "83.2", "22", "112.8", "3", "col"),
    ]
    assert (drawing.labels[0], len(drawing.labels)) == (Text("79.6", "216", "9/11", "mid"), 14)
    assert two_weeks().legend == [LegendItem("Received", key="2"), LegendItem("Resolved")]


def test_a_single_bar_is_not_a_block_and_nothing_has_no_bar():
    one = BarChart(label=SENTENCE, x=["a", "b", "c"], series=[Series("R", [4, 0, None], "warn")])
    drawing = bar_drawing(one, CARD)
    assert drawing.bars == [Bar("116.3", "14", "32", "150", "3", "", "warn")]
    assert 'fill="var(--warn)" x="116.3"' in chart(one)


def test_stacks_add_up_and_a_tiny_part_stays_visible():
    series = [
        Series("A", [200, None]),
        Series("B", [199.0, 3], "bad"),
        Series("C", [1, 0], "violet"),
        Series("Before", [100, 350], "prev"),
    ]
    one = BarChart(label=SENTENCE, x=["a", "b"], series=series, stacked=True)
    assert bar_drawing(one, CARD).ticks[-1].text == "400"
    assert bar_drawing(one, CARD).bars == [
        Bar("165.5", "89", "32", "75", "3", "col"),
        Bar("165.5", "14.4", "32", "73.1", "3", "col is-bad"),
        Bar("165.5", "12.4", "32", "0.5", "0.2", "", "violet"),
        Bar("460.5", "162.9", "32", "1.1", "0.6", "col is-bad"),
    ]
    assert bar_drawing(one, CARD).paths == [Path("M181.5 126.5L476.5 32.8", "line is-2")]


def test_a_year_of_bars_keeps_inside_the_plot():
    one = BarChart(label=SENTENCE, x=["d"] * 366, series=[Series("R", [5] * 366)])
    bars = bar_drawing(one, PHONE).bars
    assert len(bars) == 366
    assert all(float(b.x) >= 26 and float(b.x) + float(b.width) <= 318 for b in bars)
    assert "<title>" not in chart(one)


# --- Heat map -----------------------------------------------------------------------------------
def test_the_heat_map_is_a_table_with_depths():
    with translation.override("vi"):
        html = chart(heat([[2, 6, 17, 28], [None, 8, 11, 21]]), "vi")
    cells = re.findall(r'<td data-l="(\d)">([^<]*)</td>', html)
    assert cells[:4] == [("0", "2"), ("1", "6"), ("4", "17"), ("5", "28")]
    assert cells[4:] == [("0", "–"), ("2", "8"), ("3", "11"), ("5", "21")]
    assert f'<caption class="vh">{SENTENCE}</caption>' in html
    assert html.count('<th scope="row">') == 2
    assert html.count('<th scope="col">') == 5
    assert 'tabindex="0" role="group"' in html
    assert "<col" not in html


@pytest.mark.parametrize(
    ("value", "depth"), [(0, 0), (9, 0), (10, 1), (25, 2), (37.5, 3), (55, 4), (75, 5), (100, 5)]
)
def test_depths_begin_where_they_are_said_to(value, depth):
    assert depth_of(exact(value), Decimal(100)) == depth


def test_long_figures_widen_the_columns_of_a_heat_map():
    html = chart(heat([[1500] * 24]), "vi")
    assert html.count('<col width="41">') == 24
    assert '<td data-l="5">1.500</td>' in html


def test_a_quiet_week_is_a_table_of_zeros():
    assert re.findall(r'data-l="(\d)">(\d)', chart(heat([[0, 0]]))) == [("0", "0"), ("0", "0")]


# --- Small ones ---------------------------------------------------------------------------------
def test_a_sparkline_runs_from_its_lowest_to_its_highest():
    spark = sparkline_of([3, 5, None, 4])
    assert spark.line == "M4 24L68 4M196 14h0"
    assert spark.area == "M4 24L68 4V28H4Z"
    assert spark.end == Point("196", "14", "3")
    assert sparkline_of([7, 7]).line == "M4 14L196 14"
    assert sparkline_of([7]).end == Point("196", "14", "3")
    assert sparkline_of([None]) is None


def test_a_share_turns_amber_below_its_target():
    below, above = share_bar(0.901, 0.92), share_bar(0.958, 0.92)
    assert (below.width, below.mark, below.tone) == ("90.1", "92", "warn")
    assert (above.width, above.mark, above.tone) == ("95.8", "92", "")
    assert (share_bar(1.4).width, share_bar(1.4).mark, share_bar(1.4).tone) == ("100", "", "")
    assert share_bar(0, 0).mark == "0"
    html = shown('{% share 0.901 0.92 "90.1%, below 92%." size="is-sm" %}', "vi")
    assert '<svg class="bar is-sm" data-s="warn" role="img" aria-label="90.1%, below 92%.">' in html
    assert '<rect width="90.1%" height="100%"/><rect class="mark" x="92%" width="2"' in html


def test_a_list_of_shares_says_every_figure_beside_its_bar():
    given_rows = [
        ShareRow(name="Zalo", share=0.958, text="95,8%", target=1, tone=""),
        ShareRow(name="Email", share=None, text="–", note="none"),
    ]
    html = chart(Shares(label=SENTENCE, rows=given_rows))
    assert f'<ul class="parts" aria-label="{SENTENCE}">' in html
    assert '<b>Zalo</b><span class="num">95,8%</span><svg class="bar" aria-hidden="true">' in html
    assert 'x="100%" width="2" height="100%" transform="translate(-5)"/>' in html
    assert '<b>Email</b><span class="num">–</span><small class="soft">none</small>' in html
    assert html.count("<svg") == 1


# --- The table twin and figures -----------------------------------------------------------------
@pytest.mark.parametrize(
    ("language", "last"),
    [("vi", ["Today", "3,4p", "4,2p", "5,0p"]), ("en", ["Today", "3.4p", "4.2p", "5.0p"])],
)
def test_the_table_holds_the_same_figures(language, last):
    html = chart(first_response(x_name="Day of November"), language)
    found = rows(html)
    assert found[0] == ["Day of November", "This week", "Last week", "Goal"]
    assert len(found) == 8
    assert found[-1] == last
    assert f'<caption class="vh">{SENTENCE}</caption>' in html
    assert html.count('scope="col"') == 4
    assert html.count('scope="row"') == 7
    assert html.index("<details class") < html.index("<table>") < html.index("</details>")


def test_a_gap_is_a_dash_in_the_table_and_in_the_hint():
    html = chart(line([1348, None]), "vi")
    assert rows(html)[1:] == [["0", "1.348"], ["1", "–"]]
    assert "<title>1\nReceived: –</title>" in html


@pytest.mark.parametrize(
    ("value", "decimals", "unit", "vi", "en"),
    [
        (1348, None, "", "1.348", "1,348"),
        (1234567.25, 1, " đ", "1.234.567,3 đ", "1,234,567.3 đ"),
        (Decimal("94.05"), None, "%", "94,1%", "94.1%"),
        (0.05, 1, "", "0,1", "0.1"),
        (3.0, None, "", "3", "3"),
        (2.5, 0, "", "3", "3"),
        (None, 1, "%", "–", "–"),
    ],
)
def test_figures_are_written_as_the_reader_writes_them(value, decimals, unit, vi, en):
    with translation.override("vi"):
        assert written(value, decimals, unit) == vi
    with translation.override("en"):
        assert written(value, decimals, unit) == en


# --- What is refused, and what there is to say without figures ----------------------------------
@pytest.mark.parametrize(
    "make",
    [
        lambda: first_response(label=" "),
        lambda: two_weeks(label=""),
        lambda: HeatMap(label="", rows=[], columns=[], values=[]),
        lambda: Shares(label="", rows=[]),
        lambda: shown('{% sparkline v "" %}', v=[1]),
        lambda: shown('{% share 1 1 " " %}'),
    ],
)
def test_a_chart_without_its_sentence_is_refused(make):
    with pytest.raises(ValueError, match="needs a label"):
        make()


@pytest.mark.parametrize("value", [-1, float("nan"), float("inf"), Decimal("-0.1")])
def test_what_cannot_be_drawn_from_0_is_refused(value):
    for make in (
        lambda v: line([v]),
        lambda v: heat([[v]]),
        share_bar,
        lambda v: sparkline_of([v]),
    ):
        with pytest.raises(ValueError, match="from 0 upwards"):
            make(value)


def test_figures_and_labels_must_be_as_many():
    with pytest.raises(ValueError, match="Received: 1 values for 2 labels"):
        LineChart(label=SENTENCE, x=["a", "b"], series=[Series("Received", [1])])
    with pytest.raises(ValueError, match="2 values, one a column"):
        HeatMap(label=SENTENCE, rows=["a"], columns=["b", "c"], values=[[1]])
    with pytest.raises(ValueError, match="0 rows of values for 1"):
        HeatMap(label=SENTENCE, rows=["a"], columns=["b"], values=[])
    with pytest.raises(ValueError, match="'pie' is not a valid Kind"):
        Series("Received", [1], "pie")


@pytest.mark.parametrize(
    "one",
    [
        line([]),
        line([None, None]),
        line([5, 5], kind="goal"),
        two_weeks(x=[], series=[]),
        heat([]),
        heat([[None]]),
        Shares(label=SENTENCE, rows=[]),
    ],
)
def test_nothing_to_draw_is_said_in_a_sentence(one):
    html = chart(one)
    assert "<p>No data for this period yet.</p>" in html
    assert "role=" not in html
    assert "<table" not in html


def test_a_page_may_say_better_why_there_is_nothing():
    assert "<p>Nobody was asked &amp; nobody rated.</p>" in chart(
        line([], empty="Nobody was asked & nobody rated.")
    )
    assert "No data" in shown('{% sparkline v "Empty." %}', v=[])
    assert "<svg" not in shown('{% sparkline v "Empty." %}{% share None 1 "Empty." %}', v=[None])


EVERYTHING = [
    LineChart(label=EVIL, x=[EVIL], series=[Series(EVIL, [1])], unit=EVIL, x_name=EVIL),
    BarChart(label=EVIL, x=[EVIL], series=[Series(EVIL, [1], "info")], unit=EVIL, x_name=EVIL),
    BarChart(label=EVIL, x=[EVIL], series=[Series(EVIL, [1])], stacked=True),
    HeatMap(label=EVIL, rows=[EVIL], columns=[EVIL], values=[[1]], unit=EVIL, row_name=EVIL),
    Shares(
        label=EVIL,
        rows=[ShareRow(name=EVIL, share=1, text=EVIL, tone=EVIL, note=EVIL, target_note=EVIL)],
    ),
    LineChart(label=EVIL, x=[], series=[], empty=EVIL),
]


@pytest.mark.parametrize("one", EVERYTHING)
def test_words_are_escaped_and_nothing_is_styled_inline(one):
    html = chart(one)
    if hasattr(one, "legend"):
        html += shown("{% chart_legend one %}", one=one)
    html += shown("{% sparkline v evil %}{% share 0.5 1 evil evil evil %}", v=[1, 2], evil=EVIL)
    assert "<script" not in html
    assert "&lt;script&gt;" in html
    assert not re.search(r"\sstyle=|<style|\son[a-z]+=", html)
