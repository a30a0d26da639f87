#include "krgboot/image/bootstrap.hpp"

#include "krgboot/base/error.hpp"
#include "krgboot/base/text.hpp"
#include "krgboot/system/contained.hpp"
#include "krgboot/tree/clone.hpp"
#include "krgboot/tree/restore.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "system/path.hpp"
#include "tree/staging.hpp"

namespace krgboot {

namespace {

/// Fraction of the total time that has passed when a phase begins, measured with minbase and mmdebstrap.
double fraction_at(BootstrapPhase phase) {
  constexpr std::array<double, 8> fractions{0, 0.02, 0.15, 0.4, 0.5, 0.75, 0.95, 0.97};
  return fractions.at(static_cast<std::size_t>(phase));
}

class Reporter {
 public:
  explicit Reporter(const BootstrapOptions& options) : options_(options) {}

  void operator()(std::string_view line) {
    auto phase = bootstrap_phase(line);
    // Phases only go forward: debootstrap downloads single packages late.
    if (phase && *phase > progress_.phase) enter(*phase);
    progress_.line = std::string(line);
    tell();
  }
  void unpacking(const std::string& path) {
    if (progress_.phase != BootstrapPhase::extracting) enter(BootstrapPhase::extracting);
    progress_.line = path;
    tell();
  }
  void publishing() {
    enter(BootstrapPhase::publishing);
    progress_.line.clear();
    tell();
  }

 private:
  void enter(BootstrapPhase phase) {
    progress_.phase = phase;
    progress_.fraction = fraction_at(phase);
  }
  void tell() const {
    if (options_.on_progress) options_.on_progress(progress_);
  }

  const BootstrapOptions& options_;
  BootstrapProgress progress_;
};

BootstrapTool chosen_tool(const BootstrapOptions& options) {
  if (options.tool != BootstrapTool::automatic) return options.tool;
  std::array<std::pair<BootstrapTool, const char*>, 2> tools{
      {{BootstrapTool::mmdebstrap, "mmdebstrap"}, {BootstrapTool::debootstrap, "debootstrap"}}};
  if (release(options.release).archived) std::swap(tools[0], tools[1]);
  for (const auto& [tool, name] : tools) {
    if (find_program(name)) return tool;
  }
  return tools[0].first;  // the error message will name this one
}

/// The tool gets a path: check that it leads to the directory made here.
void check_path_leads_to(const Staging& staging) {
  struct stat made {};
  struct stat named {};
  if (fstat(staging.descriptor(), &made) != 0 || stat(staging.host_path().c_str(), &named) != 0)
    throw IoError("bootstrap", staging.host_path(), errno);
  if (made.st_dev != named.st_dev || made.st_ino != named.st_ino)
    throw IoError("bootstrap", staging.host_path(), EXDEV, "a link leads elsewhere");
}

/// Removes files that the tools copy from the build host: a host name, which all nodes would share, and name
/// servers that nodes may not reach.
void remove_what_is_the_hosts(const Root& tree) {
  auto etc = tree.directory("/etc");
  if (!etc) return;
  for (const auto* name : {"hostname", "resolv.conf"}) {
    if (unlinkat(etc->descriptor(), name, 0) != 0 && errno != ENOENT)
      throw IoError("remove", etc->describe(name), errno);
  }
}

void check_is_root_tree(const Root& tree, const std::string& target) {
  auto lacks = [&](const std::string& path) {
    throw IoError("bootstrap", target, ENOENT, fmt::format("the new tree has no {}", path));
  };
  for (const auto* path : {"/bin/sh", "/usr/bin/dpkg", "/var/lib/dpkg/status", "/etc/passwd"}) {
    auto status = tree.status_through_links(path);
    if (!status || status->kind != FileKind::file || status->size == 0) lacks(path);
  }
  for (const auto* path : {"/dev", "/proc", "/sys", "/etc", "/usr", "/var", "/tmp"}) {
    auto status = tree.status(path);
    if (!status || status->kind != FileKind::directory) lacks(path);
  }
}

BootstrapReport from_packages(const Staging& staging, const BootstrapOptions& options, BootstrapTool tool,
                              Reporter& reporter) {
  check_path_leads_to(staging);
  BootstrapReport report;
  report.argv = bootstrap_command(options, staging.host_path(), tool);
  RunOptions run_options;
  run_options.timeout = options.timeout;
  run_options.keep_running = options.keep_running;
  run_options.on_line = [&](std::string_view line) { reporter(line); };
  // A tool that asked a question would wait forever; and krgboot parses its messages.
  run_options.environment = {{"LC_ALL", "C"}, {"DEBIAN_FRONTEND", "noninteractive"}, {"TZ", "UTC"}};
  auto result = run_contained(report.argv, run_options);
  report.cancelled = result.cancelled;
  if (result.cancelled) return report;
  if (result.status != 0 || result.timed_out)
    throw CommandError(result.timed_out ? "command.timed_out" : "command.failed", report.argv, result.status,
                       result.output + (result.timed_out ? "\ntimed out" : ""));
  remove_what_is_the_hosts(Root(staging.host_path()));
  return report;
}

/// Two directories within the staging directory, because `restore` and `clone` would wait for the lock of the
/// staging directory itself.
constexpr const char* unpacked_in = "unpacked";
constexpr const char* unpacked = "unpacked/tree";

/// Unpacks into the staging directory, so that the tree can be checked before it is published.
BootstrapReport from_source(const Staging& staging, const std::string& source,
                            const BootstrapOptions& options, Reporter& reporter) {
  using Clock = std::chrono::steady_clock;
  auto start = Clock::now();
  bool timed_out = false;
  auto progress = [&](const Progress& done) {
    reporter.unpacking(done.path);
    timed_out = options.timeout && Clock::now() - start >= *options.timeout;
    return !timed_out && (!options.keep_running || options.keep_running());
  };
  if (mkdirat(staging.descriptor(), unpacked_in, 0700) != 0)
    throw IoError("mkdir", joined_path(staging.host_path(), unpacked_in), errno);
  Root place(staging.host_path());
  BootstrapReport report;
  struct stat status {};
  if (stat(source.c_str(), &status) == 0 && S_ISDIR(status.st_mode)) {
    CloneOptions clone_options;
    clone_options.durable = false;  // made durable when published
    clone_options.progress = progress;
    auto cloned = clone(Root(source), place, joined_path("/", unpacked), clone_options);
    report.cancelled = cloned.cancelled;
    report.warnings = std::move(cloned.warnings);
  } else {
    RestoreOptions restore_options;
    restore_options.durable = false;
    restore_options.progress = progress;
    auto restored = restore(source, place, joined_path("/", unpacked), restore_options);
    report.cancelled = restored.cancelled;
    report.warnings = std::move(restored.warnings);
  }
  if (timed_out) throw CommandError("command.timed_out", {}, 0, "time is up for " + source);
  return report;
}

/// Renames the tree unpacked in the staging directory to its target, which must not exist.
void publish_unpacked(const Staging& staging, const Root& root, const std::string& target, bool durable) {
  auto above = root.open(parent_path(target), O_RDONLY | O_DIRECTORY, LastLink::follow);
  if (!above) throw IoError("open", root.describe(parent_path(target)), ENOENT);
  if (durable && syncfs(staging.descriptor()) != 0) throw IoError("sync", root.describe(target), errno);
  if (renameat2(staging.descriptor(), unpacked, above.get(), base_name(target).c_str(), RENAME_NOREPLACE) !=
      0) {
    if (errno == EEXIST)
      throw ConflictError("staging.exists", root.describe(target),
                          fmt::format("{} exists already", visible(root.describe(target))));
    throw IoError("rename", root.describe(target), errno);
  }
  if (durable && fsync(above.get()) != 0) throw IoError("sync", root.describe(parent_path(target)), errno);
}

}  // namespace

BootstrapReport bootstrap(const Root& root, const std::string& target, const BootstrapOptions& options) {
  auto tool = chosen_tool(options);
  if (!options.source) bootstrap_command(options, "/", tool);  // check the options before anything is made
  root.make_directories(parent_path(target));
  Staging staging(root, target, Staging::Kind::directory, false);
  Reporter reporter(options);
  if (options.source) {
    auto report = from_source(staging, *options.source, options, reporter);
    if (report.cancelled) return report;
    check_is_root_tree(Root(staging.host_path()).beneath(joined_path("/", unpacked)), root.describe(target));
    reporter.publishing();
    publish_unpacked(staging, root, target, options.durable);
    return report;
  }
  auto report = from_packages(staging, options, tool, reporter);
  if (report.cancelled) return report;
  check_is_root_tree(Root(staging.host_path()), root.describe(target));
  if (fchmod(staging.descriptor(), 0755) != 0) throw IoError("chmod", staging.host_path(), errno);
  reporter.publishing();
  staging.publish(options.durable);
  return report;
}

}  // namespace krgboot
