package dev.waymark.cli;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.nio.file.Files;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The house")
class ArchitectureTest {
  /**
   * What a class may ask of {@link Files} about a path that may be the database: nothing that opens
   * the file.
   */
  private static final Set<String> QUESTIONS =
      Set.of(
          "isDirectory",
          "exists",
          "isRegularFile",
          "isSymbolicLink",
          "readSymbolicLink",
          "size",
          "getAttribute");

  /**
   * The two exceptions: a file that is created exclusively, which no connection can have open, and
   * the list of mount points.
   */
  private static final Set<String> EXCEPTIONS =
      Set.of("StoreFile.createFile", "MountPoints.readAllLines");

  private static JavaClasses house = new ClassFileImporter().importClasses();

  @BeforeAll
  static void walkThrough() {
    house =
        new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.waymark");
  }

  @Test
  @DisplayName("a module imports only from the floors below it")
  void floors() {
    layeredArchitecture()
        .consideringOnlyDependenciesInLayers()
        .layer("core")
        .definedBy("dev.waymark.core..")
        .layer("jdbc")
        .definedBy("dev.waymark.jdbc..")
        .layer("sqlite")
        .definedBy("dev.waymark.sqlite..")
        .layer("postgres")
        .definedBy("dev.waymark.postgres..")
        .layer("runner")
        .definedBy("dev.waymark.runner..")
        .layer("cli")
        .definedBy("dev.waymark.cli..")
        .whereLayer("cli")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("runner")
        .mayOnlyBeAccessedByLayers("cli")
        .whereLayer("sqlite")
        .mayOnlyBeAccessedByLayers("cli")
        .whereLayer("postgres")
        .mayOnlyBeAccessedByLayers("cli")
        .whereLayer("jdbc")
        .mayOnlyBeAccessedByLayers("sqlite", "postgres")
        .check(house);
    noClasses()
        .that(resideInAPackage("dev.waymark.core.."))
        .should()
        .dependOnClassesThat(
            resideInAnyPackage(
                "dev.waymark.jdbc..",
                "dev.waymark.sqlite..",
                "dev.waymark.postgres..",
                "dev.waymark.runner..",
                "dev.waymark.cli.."))
        .check(house);
  }

  @Test
  @DisplayName("core knows no database")
  void coreKnowsNoDatabase() {
    noClasses()
        .that(resideInAPackage("dev.waymark.core.."))
        .should()
        .dependOnClassesThat(resideInAnyPackage("java.sql..", "javax.sql.."))
        .check(house);
  }

  @Test
  @DisplayName("the faces and the runner stay out of the inside of the stores")
  void internalsStayInside() {
    noClasses()
        .that(resideInAnyPackage("dev.waymark.runner..", "dev.waymark.cli.."))
        .should()
        .dependOnClassesThat(
            resideInAnyPackage(
                "dev.waymark.jdbc.internal..",
                "dev.waymark.sqlite.internal..",
                "dev.waymark.postgres.internal..",
                "dev.waymark.core.internal.decide.."))
        .check(house);
    noClasses()
        .that(resideInAPackage("dev.waymark.cli.."))
        .should()
        .dependOnClassesThat(resideInAPackage("dev.waymark.runner..internal.."))
        .check(house);
  }

  @Test
  @DisplayName("packages do not depend on each other in circles")
  void noCircles() {
    slices()
        .matching("dev.waymark.(core|jdbc|sqlite|postgres).(**)")
        .should()
        .beFreeOfCycles()
        .check(house);
  }

  @Test
  @DisplayName("1: no code of the stores opens a file by itself, so that SQLite's locks stay")
  void nothingOpensTheDatabaseFile() {
    classes()
        .that(
            resideInAnyPackage("dev.waymark.core..", "dev.waymark.jdbc..", "dev.waymark.sqlite.."))
        .should(opensNoFile())
        .check(house);
    noClasses()
        .that(
            resideInAnyPackage("dev.waymark.core..", "dev.waymark.jdbc..", "dev.waymark.sqlite.."))
        .should()
        .dependOnClassesThat(opensFiles())
        .check(house);
  }

  private static ArchCondition<JavaClass> opensNoFile() {
    return new ArchCondition<>("ask Files no more than " + QUESTIONS) {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        type.getMethodCallsFromSelf().stream()
            .filter(call -> call.getTargetOwner().isEquivalentTo(Files.class))
            .filter(call -> !QUESTIONS.contains(call.getName()))
            .filter(call -> !EXCEPTIONS.contains(type.getSimpleName() + "." + call.getName()))
            .forEach(
                call -> events.add(SimpleConditionEvent.violated(type, call.getDescription())));
      }
    };
  }

  private static DescribedPredicate<JavaClass> opensFiles() {
    return DescribedPredicate.describe(
        "open files",
        type ->
            type.getPackageName().equals("java.nio.channels")
                || type.getName().equals("java.io.RandomAccessFile")
                || type.getName()
                    .matches(
                        "java\\.io\\.File(Input|Output)Stream|java\\.io\\.File(Reader|Writer)"));
  }

  @Test
  @DisplayName("every package says that nothing is null unless it is marked")
  void nullMarked() {
    classes()
        .that()
        .areTopLevelClasses()
        .and()
        .doNotHaveSimpleName("package-info")
        .should()
        .resideInAPackage("dev.waymark..")
        .andShould(
            new ArchCondition<JavaClass>("live in a package that is @NullMarked") {
              @Override
              public void check(JavaClass type, ConditionEvents events) {
                boolean marked =
                    type.getPackage().isAnnotatedWith("org.jspecify.annotations.NullMarked");
                events.add(
                    new SimpleConditionEvent(
                        type,
                        marked,
                        type.getPackageName() + (marked ? " is" : " is not") + " @NullMarked"));
              }
            })
        .check(house);
  }

  @Test
  @DisplayName("nothing on the class path makes a framework configure itself in a user's program")
  void noAutoConfiguration() {
    noClasses()
        .should()
        .dependOnClassesThat(resideInAnyPackage("org.flywaydb..", "org.springframework.."))
        .check(house);
    ClassLoader classPath = ArchitectureTest.class.getClassLoader();
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
