package dev.waymark.jdbc.internal.read;

import dev.waymark.core.internal.decide.Effect;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.RecordKind;
import dev.waymark.core.model.RecordRef;
import dev.waymark.core.model.State;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.model.Transition;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * The transitions of one change set and one execution as they are kept in one column: a JSON array
 * with, for each transition, an array of the kind, the id, the state before or null, and the state
 * after.
 */
public final class TransitionText {
  private static final JsonFactory JSON = new JsonFactory();

  private TransitionText() {}

  /**
   * The text of these moves. It is built without a JSON library, because every commit needs it:
   * kinds, ids and states consist of letters, digits and a few characters without a meaning in
   * JSON.
   */
  public static String write(List<Effect.Moved> moves) {
    StringBuilder out = new StringBuilder(80 * moves.size());
    char before = '[';
    for (Effect.Moved move : moves) {
      RecordRef record = move.record();
      State from = move.from();
      out.append(before).append("[\"").append(record.kind().name());
      out.append("\",\"").append(record.id()).append("\",");
      if (from == null) {
        out.append("null");
      } else {
        out.append('"').append(from.name()).append('"');
      }
      out.append(",\"").append(move.to().name()).append("\"]");
      before = ',';
    }
    return out.append(']').toString();
  }

  /**
   * The transitions of a text that {@link #write} made, numbered from {@code first}.
   *
   * @throws RuntimeException when it is none
   */
  public static List<Transition> read(String text, long first, Instant at) {
    List<Transition> transitions = new ArrayList<>();
    try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), text)) {
      expect(json.nextToken() == JsonToken.START_ARRAY);
      while (json.nextToken() == JsonToken.START_ARRAY) {
        RecordKind kind = RecordKind.valueOf(Objects.requireNonNull(json.nextStringValue()));
        RecordRef record = new RecordRef(kind, Objects.requireNonNull(json.nextStringValue()));
        State from = state(kind, json.nextStringValue());
        expect(from != null || json.currentToken() == JsonToken.VALUE_NULL);
        State to = Objects.requireNonNull(state(kind, json.nextStringValue()));
        expect(json.nextToken() == JsonToken.END_ARRAY);
        transitions.add(new Transition(first + transitions.size(), record, from, to, at));
      }
      expect(json.currentToken() == JsonToken.END_ARRAY && json.nextToken() == null);
    }
    return transitions;
  }

  private static void expect(boolean isSo) {
    if (!isSo) {
      throw new IllegalArgumentException("the text is not a list of transitions");
    }
  }

  private static @Nullable State state(RecordKind kind, @Nullable String name) {
    if (name == null) {
      return null;
    }
    return switch (kind) {
      case EXECUTION -> ExecutionState.valueOf(name);
      case TASK_RUN -> TaskRunState.valueOf(name);
      case ATTEMPT -> AttemptState.valueOf(name);
      case WORKFLOW, WORKER, POOL ->
          throw new IllegalStateException(kind.words() + "s have no states");
    };
  }
}
