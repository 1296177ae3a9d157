package dev.waymark.bench.micro;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.openjdk.jmh.generators.core.BenchmarkGenerator;
import org.openjdk.jmh.generators.core.FileSystemDestination;
import org.openjdk.jmh.generators.reflection.RFGeneratorSource;

/**
 * The loops that JMH puts around benchmarks. They are generated and compiled when they are needed.
 * So the build itself needs no annotation processor.
 */
final class Generated {
  private final Path folder;

  /** All files are created below this folder. */
  Generated(Path folder) {
    this.folder = folder;
  }

  /** Generates the loops for this class and returns the class path to run them with. */
  String classPath(Class<?> benchmarks) throws IOException {
    Path sources = Files.createDirectories(folder.resolve("sources"));
    Path classes = Files.createDirectories(folder.resolve("classes"));
    RFGeneratorSource source = new RFGeneratorSource();
    source.processClasses(benchmarks);
    FileSystemDestination destination =
        new FileSystemDestination(classes.toFile(), sources.toFile());
    BenchmarkGenerator generator = new BenchmarkGenerator();
    generator.generate(source, destination);
    generator.complete(source, destination);
    if (destination.hasErrors()) {
      throw new IllegalStateException("JMH refuses " + benchmarks.getName());
    }
    compile(sources, classes);
    return classes + File.pathSeparator + System.getProperty("java.class.path");
  }

  private static void compile(Path sources, Path classes) throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    if (compiler == null) {
      throw new IllegalStateException("this Java has no compiler; use a JDK");
    }
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of("-proc:none", "-nowarn", "-d", classes.toString()));
    arguments.addAll(List.of("-cp", System.getProperty("java.class.path")));
    try (Stream<Path> files = Files.walk(sources)) {
      files.map(Path::toString).filter(name -> name.endsWith(".java")).forEach(arguments::add);
    }
    if (compiler.run(null, null, null, arguments.toArray(String[]::new)) != 0) {
      throw new IllegalStateException("what JMH made does not compile");
    }
  }
}
