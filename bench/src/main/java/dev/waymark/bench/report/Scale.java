package dev.waymark.bench.report;

import java.util.ArrayList;
import java.util.List;

/** Maps values to heights. A logarithmic scale begins at a power of ten below the least value. */
final class Scale {
  private final boolean isLogarithmic;
  private final double from;
  private final double to;
  private final int height;

  private Scale(boolean isLogarithmic, double from, double to, int height) {
    this.isLogarithmic = isLogarithmic;
    this.from = from;
    this.to = to;
    this.height = height;
  }

  static Scale of(Chart chart, int height) {
    List<Spread> spreads =
        chart.groups().stream().flatMap(g -> g.bars().stream()).map(Chart.Bar::spread).toList();
    double max = spreads.stream().mapToDouble(Spread::max).max().orElse(1);
    double min = spreads.stream().mapToDouble(Spread::min).filter(v -> v > 0).min().orElse(1);
    if (chart.isLogarithmic()) {
      double from = Math.pow(10, Math.floor(Math.log10(min / 1.5)));
      return new Scale(true, from, Math.max(10 * from, 1.4 * max), height);
    }
    return new Scale(false, 0, max > 0 ? 1.05 * max : 1, height);
  }

  double height(double value) {
    double part =
        isLogarithmic
            ? Math.log(Math.max(value, from) / from) / Math.log(to / from)
            : (value - from) / (to - from);
    return part * height;
  }

  /** The values that get a line. */
  List<Double> ticks() {
    List<Double> ticks = new ArrayList<>();
    if (isLogarithmic) {
      for (double tick = 10 * from; tick <= to; tick *= 10) {
        ticks.add(tick);
      }
      return ticks;
    }
    double step = step();
    for (int i = 1; i * step <= to; i++) {
      ticks.add(i * step);
    }
    return ticks;
  }

  /** A round number that fits three to seven times. */
  private double step() {
    double power = Math.pow(10, Math.floor(Math.log10(to)));
    double leading = to / power;
    return leading < 1.5 ? power / 4 : leading < 3 ? power / 2 : leading < 7 ? power : 2 * power;
  }
}
