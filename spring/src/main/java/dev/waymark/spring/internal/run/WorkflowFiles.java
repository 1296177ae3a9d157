package dev.waymark.spring.internal.run;

import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.NewWorkflow;
import dev.waymark.core.store.Outcome;
import dev.waymark.core.store.StateStore;
import dev.waymark.runner.definition.DefinitionLimits;
import dev.waymark.runner.definition.InvalidDefinitionException;
import dev.waymark.runner.definition.TaskDefinition;
import dev.waymark.runner.definition.WorkflowDefinition;
import dev.waymark.runner.file.DefinitionReader;
import dev.waymark.spring.internal.store.ConfigurationException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.ResourcePatternResolver;

/** Saves the workflow files of the application, all of them or none, before anything starts. */
public final class WorkflowFiles implements InitializingBean {
  private static final Logger LOG = LoggerFactory.getLogger(WorkflowFiles.class);

  private final StateStore store;
  private final ResourcePatternResolver resources;
  private final List<String> patterns;
  private final List<WorkflowDefinition> saved = new ArrayList<>();

  /** The files at these locations, which can be patterns. */
  public WorkflowFiles(StateStore store, ResourcePatternResolver resources, List<String> patterns) {
    this.store = store;
    this.resources = resources;
    this.patterns = List.copyOf(patterns);
  }

  @Override
  public void afterPropertiesSet() {
    Map<String, WorkflowDefinition> definitions = new LinkedHashMap<>();
    Map<String, String> sources = new LinkedHashMap<>();
    DefinitionReader reader = new DefinitionReader(DefinitionLimits.of(store.limits()));
    for (Resource file : files()) {
      WorkflowDefinition definition = read(reader, file);
      String id = definition.id().value();
      String earlier = sources.put(id, file.getDescription());
      if (earlier != null) {
        throw new ConfigurationException(
            "two workflow files have the id \""
                + id
                + "\": "
                + earlier
                + " and "
                + file.getDescription(),
            "Give each file another id, or change waymark.workflows");
      }
      definitions.put(id, definition);
    }
    if (definitions.isEmpty()) {
      LOG.info("there is no workflow file at {} (waymark.workflows)", patterns);
    } else {
      saved.addAll(definitions.values());
      save(saved);
    }
  }

  /** Warns of tasks that a worker with only these handlers never starts. */
  public void checkHandlers(Set<String> handlers) {
    for (WorkflowDefinition workflow : saved) {
      for (TaskDefinition task : workflow.tasks()) {
        if (task.uses() != null && !handlers.contains(task.uses())) {
          LOG.warn(
              "task {} of workflow {} uses handler {}, and no method has @WaymarkHandler(\"{}\");"
                  + " the task waits until a worker has this handler",
              task.id(),
              workflow.id(),
              task.uses(),
              task.uses());
        }
      }
    }
  }

  private void save(List<WorkflowDefinition> definitions) {
    ChangeSet.Builder changes = ChangeSet.builder();
    for (WorkflowDefinition each : definitions) {
      changes.saveWorkflow(
          new NewWorkflow(each.id(), each.source(), each.description(), each.labels()));
    }
    List<Outcome> outcomes = store.commit(changes.build()).outcomes();
    for (int i = 0; i < outcomes.size(); i++) {
      LOG.info(
          "workflow {} {} (revision {})",
          definitions.get(i).id(),
          outcomes.get(i).changed() ? "saved" : "unchanged",
          outcomes.get(i).version());
    }
  }

  private static WorkflowDefinition read(DefinitionReader reader, Resource file) {
    try {
      return reader.read(name(file), file.getContentAsByteArray());
    } catch (InvalidDefinitionException e) {
      throw new ConfigurationException(
          "a workflow file of the application is invalid: " + e.getMessage(),
          "Correct the file, or change waymark.workflows");
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file.getDescription(), e);
    }
  }

  private static String name(Resource file) {
    String name = file.getFilename();
    return name == null ? file.getDescription() : name;
  }

  private List<Resource> files() {
    return patterns.stream().flatMap(pattern -> at(pattern).stream()).toList();
  }

  private List<Resource> at(String pattern) {
    try {
      List<Resource> found = new ArrayList<>();
      for (Resource each : resources.getResources(pattern)) {
        if (!each.exists()) {
          throw new ConfigurationException(
              "waymark.workflows names " + each.getDescription() + ", which does not exist",
              "Correct waymark.workflows");
        }
        found.add(each);
      }
      return found;
    } catch (FileNotFoundException e) {
      return List.of(); // A folder that is not there has no files.
    } catch (IOException e) {
      throw new UncheckedIOException("cannot look for workflow files at " + pattern, e);
    }
  }
}
