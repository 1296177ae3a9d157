package dev.waymark.cli;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The class path of a program that uses Waymark")
class ClassPathTest {
  @Test
  @DisplayName("nothing on the class path makes a framework configure itself in a user's program")
  void noAutoConfiguration() {
    noClasses()
        .should()
        .dependOnClassesThat(resideInAnyPackage("org.flywaydb..", "org.springframework.."))
        .check(
            new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages("dev.waymark"));
    ClassLoader classPath = ClassPathTest.class.getClassLoader();
    for (String present :
        List.of(
            "org/flywaydb/core/Flyway.class",
            "liquibase/Liquibase.class",
            "org/springframework/jdbc/datasource/embedded/EmbeddedDatabaseType.class",
            "tools/jackson/databind/ObjectMapper.class")) {
      assertThat(classPath.getResource(present)).as(present).isNull();
    }
  }
}
