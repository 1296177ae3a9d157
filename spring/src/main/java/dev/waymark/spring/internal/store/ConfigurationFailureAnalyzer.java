package dev.waymark.spring.internal.store;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Shows a wrong configuration as Boot shows its own, without a stack trace. */
public final class ConfigurationFailureAnalyzer
    extends AbstractFailureAnalyzer<ConfigurationException> {
  /** Created by Boot. */
  public ConfigurationFailureAnalyzer() {}

  @Override
  protected FailureAnalysis analyze(Throwable root, ConfigurationException cause) {
    return new FailureAnalysis(cause.found(), cause.remedy(), cause);
  }
}
