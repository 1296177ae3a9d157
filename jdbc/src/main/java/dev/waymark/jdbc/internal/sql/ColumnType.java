package dev.waymark.jdbc.internal.sql;

/** The types of values that statements take, by what they are in Java. */
public enum ColumnType {
  /** A {@link java.util.UUID}. */
  UUID,
  /** A {@link String}. */
  TEXT,
  /** A {@link Long}. */
  LONG,
  /** An {@link Integer}. */
  INT,
  /** A {@link java.time.Instant} of whole microseconds. */
  TIME,
  /** An array of bytes. */
  BYTES
}
