package dev.waymark.cli.internal;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.TimeZone;

/**
 * The zone of this machine, which is looked up when a time is to be read or shown. Not a lambda:
 * the first of a process costs some milliseconds, and {@code waymark version} needs no other.
 */
public final class SystemZone implements LocalZone {
  @Override
  public ZoneId get() {
    return ZoneId.systemDefault();
  }

  /**
   * The offset, from the older of Java's two sets of zones, which SQLite's driver has loaded in any
   * case. The newer one looks for more zones in every jar first, which takes longer than to print a
   * table.
   */
  @Override
  public ZoneId at(Instant time) {
    return ZoneOffset.ofTotalSeconds(TimeZone.getDefault().getOffset(time.toEpochMilli()) / 1_000);
  }
}
