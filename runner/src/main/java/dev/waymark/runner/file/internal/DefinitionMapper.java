package dev.waymark.runner.file.internal;

import dev.waymark.core.internal.Durations;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.runner.definition.Condition;
import dev.waymark.runner.definition.InheritedEnv;
import dev.waymark.runner.definition.InputDefinition;
import dev.waymark.runner.definition.Retention;
import dev.waymark.runner.definition.RetryPolicy;
import dev.waymark.runner.definition.Stage;
import dev.waymark.runner.definition.TaskDefinition;
import dev.waymark.runner.definition.WorkflowDefinition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Creates the definition from a file that passed every check. */
public final class DefinitionMapper {
  /** The default number of attempts if a {@code retry} does not set it. */
  static final int DEFAULT_MAX_ATTEMPTS = 3;

  /** The default delay after the first failed attempt if a {@code retry} does not set it. */
  static final Duration DEFAULT_DELAY = RetryPolicy.NONE.delay();

  private static final String INHERIT = "inherit-env";

  private DefinitionMapper() {}

  /** Returns the definition of a checked file. */
  public static WorkflowDefinition map(YamlMap root, String source) {
    List<TaskDefinition> tasks = new ArrayList<>();
    InheritedEnv inherited = inheritedEnv(root.get(INHERIT), InheritedEnv.ALL);
    for (Stage stage : Stage.values()) {
      YamlMap found = root.map(stage.key());
      if (found != null) {
        found
            .entries()
            .forEach((id, task) -> tasks.add(task(id, stage, (YamlMap) task.value(), inherited)));
      }
    }
    return new WorkflowDefinition(
        new WorkflowId(Objects.requireNonNull(text(root, "id"))),
        text(root, "description"),
        texts(root, "labels"),
        inputs(root.map("inputs")),
        texts(root, "env"),
        text(root, "working-directory"),
        duration(root, "timeout"),
        Objects.requireNonNullElse(
            duration(root, "cleanup-timeout"), WorkflowDefinition.DEFAULT_CLEANUP_TIMEOUT),
        whole(root, "max-parallel"),
        Objects.requireNonNullElse(whole(root, "priority"), 0),
        retention(root.map("retention")),
        tasks,
        source);
  }

  private static Retention retention(@Nullable YamlMap found) {
    return found == null
        ? Retention.FOREVER
        : new Retention(
            duration(found, "succeeded"),
            duration(found, "failed"),
            Objects.requireNonNullElse(whole(found, "keep-last"), 0));
  }

  private static Map<String, InputDefinition> inputs(@Nullable YamlMap found) {
    Map<String, InputDefinition> inputs = new LinkedHashMap<>();
    if (found != null) {
      found.entries().forEach((name, entry) -> inputs.put(name, input((YamlMap) entry.value())));
    }
    return inputs;
  }

  private static InputDefinition input(YamlMap found) {
    return new InputDefinition(text(found, "description"), text(found, "default"));
  }

  private static TaskDefinition task(
      String id, Stage stage, YamlMap found, InheritedEnv inherited) {
    String condition = text(found, "if");
    return new TaskDefinition(
        new TaskId(id),
        stage,
        needs(found.get("needs")),
        condition == null ? Condition.SUCCESS : Condition.parse(condition),
        text(found, "run"),
        text(found, "uses"),
        texts(found, "with"),
        texts(found, "env"),
        text(found, "working-directory"),
        duration(found, "timeout"),
        retry(found.map("retry")),
        text(found, "pool"),
        inheritedEnv(found.get(INHERIT), inherited));
  }

  private static InheritedEnv inheritedEnv(@Nullable YamlNode found, InheritedEnv otherwise) {
    if (found instanceof YamlScalar one) {
      return one.text().equals("none") ? InheritedEnv.NONE : InheritedEnv.ALL;
    }
    if (found instanceof YamlList list) {
      Set<String> names = new LinkedHashSet<>();
      list.items().forEach(item -> names.add(((YamlScalar) item).text()));
      return new InheritedEnv(names);
    }
    return otherwise;
  }

  private static List<TaskId> needs(@Nullable YamlNode found) {
    if (found instanceof YamlScalar one) {
      return List.of(new TaskId(one.text()));
    }
    List<TaskId> needs = new ArrayList<>();
    if (found instanceof YamlList list) {
      list.items().forEach(item -> needs.add(new TaskId(((YamlScalar) item).text())));
    }
    return needs;
  }

  private static RetryPolicy retry(@Nullable YamlMap found) {
    RetryPolicy none = RetryPolicy.NONE;
    if (found == null) {
      return none;
    }
    Duration delay = Objects.requireNonNullElse(duration(found, "delay"), none.delay());
    Duration maxDelay = duration(found, "max-delay");
    if (maxDelay == null) {
      // A file with a first delay of ten minutes and no longest delay does not mean the default of
      // five.
      maxDelay = delay.compareTo(none.maxDelay()) > 0 ? delay : none.maxDelay();
    }
    int attempts = (int) number(found, "max-attempts", DEFAULT_MAX_ATTEMPTS);
    return new RetryPolicy(
        attempts,
        delay,
        number(found, "backoff", none.backoff()),
        maxDelay,
        number(found, "jitter", none.jitter()));
  }

  private static double number(YamlMap map, String key, double otherwise) {
    YamlScalar scalar = map.scalar(key);
    return scalar == null ? otherwise : scalar.number().doubleValue();
  }

  private static @Nullable Integer whole(YamlMap map, String key) {
    YamlScalar scalar = map.scalar(key);
    return scalar == null ? null : scalar.number().intValueExact();
  }

  private static @Nullable Duration duration(YamlMap map, String key) {
    String text = text(map, key);
    return text == null ? null : Durations.parse(text);
  }

  private static @Nullable String text(YamlMap map, String key) {
    YamlScalar scalar = map.scalar(key);
    return scalar == null ? null : scalar.text();
  }

  private static Map<String, String> texts(YamlMap map, String key) {
    Map<String, String> texts = new LinkedHashMap<>();
    YamlMap found = map.map(key);
    if (found != null) {
      found
          .entries()
          .forEach((name, entry) -> texts.put(name, ((YamlScalar) entry.value()).text()));
    }
    return texts;
  }
}
