package dev.waymark.core.internal.decide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.Ids;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.store.Change;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.DueReason;
import dev.waymark.core.store.NewExecution;
import dev.waymark.core.store.NewTaskRun;
import dev.waymark.core.store.NewWorkflow;
import dev.waymark.core.store.Standing;
import java.io.File;
import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The dispatch over the kinds of changes")
class ChangeVisitorTest {
  private static final Ids IDS = Ids.system();
  private static final WorkflowId FLOW = new WorkflowId("flow");
  private static final ExecutionId EXECUTION = IDS.executionId();
  private static final TaskRunId TASK_RUN = IDS.taskRunId();
  private static final AttemptId ATTEMPT = new AttemptId(TASK_RUN, 1);

  /** One change of each kind. */
  private static List<Change> oneOfEach() {
    return ChangeSet.builder()
        .saveWorkflow(new NewWorkflow(FLOW, "{}"))
        .createExecution(new NewExecution(EXECUTION, FLOW, null, Map.of(), Map.of()))
        .updateExecution(EXECUTION, ExecutionState.RUNNING)
        .admitExecution(EXECUTION, FLOW, 1)
        .settleExecution(EXECUTION, new Standing(2, ExecutionState.RUNNING, 1, 0))
        .markDue(EXECUTION, DueReason.SETTLE, Duration.ZERO)
        .clearDue(EXECUTION, DueReason.SETTLE)
        .deleteLogs(EXECUTION)
        .createTaskRun(new NewTaskRun(TASK_RUN, EXECUTION, new TaskId("task")))
        .updateTaskRun(TASK_RUN, TaskRunState.RUNNING)
        .readyTaskRun(TASK_RUN)
        .setOutputs(TASK_RUN, 1, Map.of("name", "value"))
        .recordAttempt(TASK_RUN, "worker")
        .updateAttempt(ATTEMPT, AttemptState.SUCCEEDED, 0, null)
        .loseAttempt(ATTEMPT, "lost")
        .renewLease(ATTEMPT, Duration.ofSeconds(1))
        .appendLog(ATTEMPT, 0, new byte[] {1})
        .keepWorker("worker", new UUID(1, 2), Duration.ofSeconds(1), Map.of())
        .retireWorker("worker", new UUID(1, 2))
        .setPool("pool", 1)
        .build()
        .changes();
  }

  private static Stream<Class<?>> kinds(Class<?> type) {
    return type.isSealed()
        ? Arrays.stream(type.getPermittedSubclasses()).flatMap(ChangeVisitorTest::kinds)
        : Stream.of(type);
  }

  @Test
  @DisplayName("has a method for each kind, and calls it once with the change")
  void everyKind() {
    List<Change> changes = oneOfEach();
    Set<Class<?>> kinds = kinds(Change.class).collect(Collectors.toSet());
    assertThat(changes.stream().map(Object::getClass).collect(Collectors.toSet())).isEqualTo(kinds);
    List<Object> visited = new ArrayList<>();
    InvocationHandler handler =
        (proxy, method, arguments) -> {
          if (method.isDefault()) {
            return InvocationHandler.invokeDefault(proxy, method, arguments);
          }
          assertThat(method.getParameterTypes()[0]).isEqualTo(arguments[0].getClass());
          visited.add(arguments[0]);
          return null;
        };
    ChangeVisitor visitor =
        (ChangeVisitor)
            Proxy.newProxyInstance(
                ChangeVisitor.class.getClassLoader(),
                new Class<?>[] {ChangeVisitor.class},
                handler);
    changes.forEach(visitor::handle);
    assertThat(visited).containsExactlyElementsOf(changes);
  }

  @Test
  @DisplayName("refuses a kind that has no branch, instead of doing nothing")
  void unknownKind(@TempDir Path folder) throws Exception {
    compileWithUnknownKind(folder);
    try (URLClassLoader loader = new URLClassLoader(new URL[] {folder.toUri().toURL()}, parent())) {
      Class<?> kind = loader.loadClass(Change.class.getName() + "$Unknown");
      Class<?> change = loader.loadClass(Change.class.getName());
      Class<?> changeSet = loader.loadClass(ChangeSet.class.getName());
      Object builder = changeSet.getMethod("builder").invoke(null);
      builder
          .getClass()
          .getMethod("add", change)
          .invoke(builder, kind.getConstructor().newInstance());
      Object built = builder.getClass().getMethod("build").invoke(builder);
      Class<?> footprint = loader.loadClass(Footprint.class.getName());
      Object empty = footprint.getConstructor().newInstance();
      assertThatThrownBy(() -> footprint.getMethod("add", changeSet).invoke(empty, built))
          .isInstanceOf(InvocationTargetException.class)
          .cause()
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("no branch for " + kind.getName());
    }
  }

  /** Libraries only: the classes of this project come from the changed sources. */
  private static ClassLoader parent() throws IOException {
    List<URL> libraries = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      if (entry.endsWith(".jar")) {
        libraries.add(Path.of(entry).toUri().toURL());
      }
    }
    return new URLClassLoader(libraries.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
  }

  private static void compileWithUnknownKind(Path folder) throws IOException {
    Path sources = Path.of("src", "main", "java");
    Path change = sources.resolve(Change.class.getName().replace('.', '/') + ".java");
    String text = Files.readString(change);
    Path changed = Files.createDirectories(folder.resolve("changed")).resolve("Change.java");
    Files.writeString(
        changed,
        text.substring(0, text.lastIndexOf('}'))
            + """
              /** A kind that no dispatch knows. */
              record Unknown() implements Change {
                @Override
                public RecordRef target() {
                  return RecordRef.ofPool("pool");
                }
              }
            }
            """);
    JavaCompiler compiler = Objects.requireNonNull(ToolProvider.getSystemJavaCompiler());
    try (Stream<Path> all = Files.walk(sources);
        StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
      List<Path> units =
          Stream.concat(
                  Stream.of(changed),
                  all.filter(path -> path.toString().endsWith(".java"))
                      .filter(path -> !path.getFileName().toString().equals("module-info.java"))
                      .filter(path -> !path.equals(change)))
              .toList();
      boolean compiled =
          compiler
              .getTask(
                  null,
                  files,
                  null,
                  List.of("-d", folder.toString(), "-proc:none", "-nowarn"),
                  null,
                  files.getJavaFileObjectsFromPaths(units))
              .call();
      assertThat(compiled).as("the sources with one more kind compile").isTrue();
    }
  }
}
