package dev.waymark.cli.internal.base;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.TimeZone;
import org.jspecify.annotations.Nullable;

/**
 * The time zone of this machine. It is looked up when a time is read or shown. This is not a
 * lambda, because the first lambda of a process costs some milliseconds and {@code waymark version}
 * needs no other.
 */
public final class SystemZone implements LocalZone {
  private @Nullable TimeZone kept;

  @Override
  public ZoneId get() {
    return zone().toZoneId();
  }

  /** The PostgreSQL driver sends the default zone to the server, which may not know it. */
  @Override
  public void keep() {
    if (kept == null) {
      kept = TimeZone.getDefault();
      TimeZone.setDefault(TimeZone.getTimeZone("UTC"));
    }
  }

  private TimeZone zone() {
    return kept == null ? TimeZone.getDefault() : kept;
  }

  /**
   * Returns the offset from {@link TimeZone}, the older time zone API of Java, which the SQLite
   * driver loads in any case. The newer API first searches every jar for more zones, which takes
   * longer than printing a table.
   */
  @Override
  public ZoneId at(Instant time) {
    return ZoneOffset.ofTotalSeconds(zone().getOffset(time.toEpochMilli()) / 1_000);
  }
}
