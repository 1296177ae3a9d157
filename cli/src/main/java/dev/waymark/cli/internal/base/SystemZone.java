package dev.waymark.cli.internal.base;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.TimeZone;
import org.jspecify.annotations.Nullable;

/**
 * The zone of this machine, which is looked up when a time is to be read or shown. Not a lambda:
 * the first of a process costs some milliseconds, and {@code waymark version} needs no other.
 */
public final class SystemZone implements LocalZone {
  private @Nullable TimeZone kept;

  @Override
  public ZoneId get() {
    return zone().toZoneId();
  }

  /** The driver of PostgreSQL names the default zone to the server, which may not know it. */
  @Override
  public void keep() {
    kept = TimeZone.getDefault();
    TimeZone.setDefault(TimeZone.getTimeZone("UTC"));
  }

  private TimeZone zone() {
    return kept == null ? TimeZone.getDefault() : kept;
  }

  /**
   * The offset, from the older of Java's two sets of zones, which SQLite's driver has loaded in any
   * case. The newer one looks for more zones in every jar first, which takes longer than to print a
   * table.
   */
  @Override
  public ZoneId at(Instant time) {
    return ZoneOffset.ofTotalSeconds(zone().getOffset(time.toEpochMilli()) / 1_000);
  }
}
