package dev.waymark.bench.report;

import java.util.List;
import java.util.Locale;

/**
 * Draws a chart as a self-contained SVG file. The colours are from the palette of Okabe and Ito,
 * which people with any kind of colour vision can distinguish.
 */
final class Svg {
  private static final List<String> COLOURS =
      List.of("#0072B2", "#E69F00", "#9AA5B1", "#009E73", "#CC79A7", "#D55E00");
  private static final int LEFT = 24;
  private static final int TOP = 104;
  private static final int HEIGHT = 260;
  private static final int BAR = 46;
  private static final int GAP = 6;
  private static final int BETWEEN = 44;

  private final Chart chart;
  private final Scale scale;
  private final int barsWidth;
  private final int groupWidth;
  private final int width;
  private final StringBuilder out = new StringBuilder();

  private Svg(Chart chart) {
    this.chart = chart;
    this.scale = Scale.of(chart, HEIGHT);
    this.barsWidth = chart.series().size() * (BAR + GAP) - GAP;
    int label = chart.groups().stream().mapToInt(group -> group.label().length()).max().orElse(0);
    this.groupWidth = Math.max(barsWidth, 7 * label - BETWEEN / 2);
    int groups = chart.groups().size() * (groupWidth + BETWEEN) + BETWEEN;
    this.width = Math.max(2 * LEFT + groups, 2 * LEFT + 10 * chart.title().length());
  }

  static String of(Chart chart) {
    Svg svg = new Svg(chart);
    svg.draw();
    return svg.out.toString();
  }

  private void draw() {
    add(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" font-family=\"system-ui, Segoe UI, Helvetica, Arial, sans-serif\">",
        width, TOP + HEIGHT + 56, width, TOP + HEIGHT + 56);
    add("<rect width=\"100%%\" height=\"100%%\" rx=\"10\" fill=\"#ffffff\"/>");
    text(LEFT, 34, 18, "#1f2933", "start", 600, chart.title());
    text(LEFT, 56, 13, "#52606d", "start", 400, subtitle());
    drawLegend();
    drawGrid();
    for (int i = 0; i < chart.groups().size(); i++) {
      draw(chart.groups().get(i), LEFT + BETWEEN + i * (groupWidth + BETWEEN));
    }
    add("</svg>");
  }

  private String subtitle() {
    return chart.unit()
        + (chart.isLogarithmic() ? ", logarithmic" : "")
        + "; the bar is the median, the whisker goes "
        + chart.whisker();
  }

  private void drawLegend() {
    int x = LEFT;
    for (String series : chart.series()) {
      add(
          "<rect x=\"%d\" y=\"70\" width=\"12\" height=\"12\" rx=\"3\" fill=\"%s\"/>",
          x, colour(series));
      text(x + 18, 81, 13, "#1f2933", "start", 400, series);
      x += 36 + 8 * series.length();
    }
  }

  private void drawGrid() {
    for (double value : scale.ticks()) {
      double y = TOP + HEIGHT - scale.height(value);
      add(
          "<line x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\" stroke=\"#e4e7eb\"/>",
          LEFT, width - LEFT, y, y);
      text(LEFT, y - 4, 11, "#9aa5b1", "start", 400, Numbers.brief(value));
    }
    add(
        "<line x1=\"%d\" x2=\"%d\" y1=\"%d\" y2=\"%d\" stroke=\"#9aa5b1\"/>",
        LEFT, width - LEFT, TOP + HEIGHT, TOP + HEIGHT);
  }

  private void draw(Chart.Group group, int x) {
    for (Chart.Bar bar : group.bars()) {
      int left =
          x + (groupWidth - barsWidth) / 2 + chart.series().indexOf(bar.series()) * (BAR + GAP);
      drawBar(bar, left);
    }
    text(x + groupWidth / 2.0, TOP + HEIGHT + 24, 13, "#1f2933", "middle", 500, group.label());
  }

  private void drawBar(Chart.Bar bar, int left) {
    Spread spread = bar.spread();
    double height = scale.height(spread.median());
    double middle = left + BAR / 2.0;
    add(
        "<rect x=\"%d\" y=\"%.1f\" width=\"%d\" height=\"%.1f\" rx=\"3\" fill=\"%s\"><title>%s: %s</title></rect>",
        left,
        TOP + HEIGHT - height,
        BAR,
        height,
        colour(bar.series()),
        escape(bar.series()),
        escape(spread.text("%,.2f")));
    double top = TOP + HEIGHT - scale.height(spread.max());
    double bottom = TOP + HEIGHT - scale.height(spread.min());
    add(
        "<path d=\"M%.1f %.1fV%.1fM%.1f %.1fh10M%.1f %.1fh10\" stroke=\"#1f2933\" stroke-opacity=\".65\" fill=\"none\"/>",
        middle, top, bottom, middle - 5, top, middle - 5, bottom);
    text(middle, top - 7, 11, "#1f2933", "middle", 400, Numbers.brief(spread.median()));
  }

  private String colour(String series) {
    return COLOURS.get(chart.series().indexOf(series) % COLOURS.size());
  }

  private void text(
      double x, double y, int size, String colour, String anchor, int weight, String text) {
    add(
        "<text x=\"%.1f\" y=\"%.1f\" font-size=\"%d\" fill=\"%s\" text-anchor=\"%s\" font-weight=\"%d\">%s</text>",
        x, y, size, colour, anchor, weight, escape(text));
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }

  private void add(String format, Object... values) {
    out.append(String.format(Locale.ROOT, format, values)).append('\n');
  }
}
