package dev.waymark.cli.internal.output;

import dev.waymark.core.model.State;

/** Adds colours to text, or returns the plain text where the terminal has no colours. */
public enum Paint {
  /** Plain text. */
  OFF,
  /** Text with escape sequences for colours. */
  ON;

  private static final String RESET = "\u001b[0m";
  private static final String RED = "\u001b[31m";
  private static final String GREEN = "\u001b[32m";
  private static final String YELLOW = "\u001b[33m";
  private static final String CYAN = "\u001b[36m";
  private static final String DIM = "\u001b[2m";
  private static final String BOLD = "\u001b[1m";

  /** Returns {@link #ON} or {@link #OFF}. */
  public static Paint when(boolean on) {
    return on ? ON : OFF;
  }

  /** Returns the text in the colour of a state. */
  public String state(State state, String text) {
    return paint(
        switch (state.name()) {
          case "SUCCEEDED" -> GREEN;
          case "FAILED", "LOST" -> RED;
          case "RUNNING" -> CYAN;
          case "RETRYING", "WAITING", "CANCELLING", "PAUSED", "CANCELLED" -> YELLOW;
          default -> DIM;
        },
        text);
  }

  /** Returns the text in bold. */
  public String bold(String text) {
    return paint(BOLD, text);
  }

  /** Returns the text dimmed. */
  public String dim(String text) {
    return paint(DIM, text);
  }

  /** Returns the text in the colour of an error. */
  public String error(String text) {
    return paint(RED, text);
  }

  private String paint(String colour, String text) {
    return this == OFF || text.isEmpty() ? text : colour + text + RESET;
  }
}
