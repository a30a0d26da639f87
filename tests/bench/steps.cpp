#include "steps.hpp"

#include "krgboot/apply/apply.hpp"
#include "krgboot/base/error.hpp"
#include "krgboot/config/load.hpp"
#include "krgboot/plan/render.hpp"
#include "krgboot/services/validate.hpp"

#include <cerrno>
#include <cstdlib>
#include <optional>
#include <stdexcept>

#include <fmt/format.h>
#include <sys/resource.h>

#include "floor.hpp"

namespace bench {

using namespace krgboot;

namespace {

// Directories that krgboot writes to; its own state in /var/lib/krgboot is not part of the minimum.
const std::vector<std::string> written = {"/srv/tftp", "/etc", "/srv/nfs/debian/etc"};

/// Without the daemons' checks: the time of dhcpd is not measured here.
ApplyOptions unchecked() {
  ApplyOptions options;
  options.check = false;
  return options;
}

/// A new directory for one tree. It stays until the program ends: for some seconds ext4 does not reuse freed
/// inodes, and deleting trees would make it search for others, which distorts the times.
class Tree {
 public:
  explicit Tree(const std::string& directory) : path_(directory + "/XXXXXX") {
    if (::mkdtemp(path_.data()) == nullptr) throw IoError("make", path_, errno);
  }
  const std::string& path() const noexcept { return path_; }

 private:
  std::string path_;
};

void expect(bool as_expected, const char* what) {
  if (!as_expected) throw std::runtime_error(what);
}

Cluster cluster_of(std::string text) {
  return load_cluster(text, "cluster.yaml");
}

void expect_changes(const ApplyReport& report, std::size_t count, const char* what) {
  expect(report.changes.changes.size() == count, what);
}

enum Step { load, judge, rendering, first, first_synced, second, verifying, one_changed };

std::vector<Measure> empty_measures() {
  return {{"load", {}, "", {}},
          {"validate", {}, "", {}},
          {"render", {}, "", {}},
          {"first apply", {}, "create", {}},
          {"first apply", {}, "create, syncfs", {}},
          {"second apply", {}, "read", {}},
          {"verify", {}, "read", {}},
          {"one node changed", {}, "second apply", {}}};
}

/// One repetition. Bare loop and measured step take turns, so that both run under the same load.
void repeat(std::vector<Measure>& m, const std::string& text, const std::optional<std::string>& changed_text,
            const Files& files, const std::string& directory) {
  Tree tree(directory);
  make_surroundings(tree.path());
  Root root(tree.path());

  {
    Tree bare(directory);
    files.make_directories(bare.path());
    m[first].floor.add(time_of([&] { files.create(bare.path(), false); }));
  }
  {
    Tree bare(directory);
    files.make_directories(bare.path());
    ::sync();
    m[first_synced].floor.add(time_of([&] { files.create(bare.path(), true); }));
  }
  std::optional<SpecReading> reading;
  m[load].times.add(time_of([&] { reading = read_spec(text, "cluster.yaml"); }));
  std::optional<Validation> validation;
  m[judge].times.add(time_of([&] { validation = validate(reading->spec); }));
  expect(validation->cluster.has_value(), "the sample cluster is valid");
  reading.reset();
  const auto& cluster = *validation->cluster;
  std::optional<Plan> plan;
  m[rendering].times.add(time_of([&] { plan = render(cluster); }));
  plan.reset();

  ::sync();
  std::optional<ApplyReport> report;
  auto time = time_of([&] { report = apply(cluster, root, unchecked()); });
  m[first].times.add(time);
  m[first_synced].times.add(time);
  expect(report->changes.changes.size() > cluster.nodes().size(), "the first apply writes every boot file");
  report.reset();

  m[second].floor.add(time_of([&] { files.read(tree.path()); }));
  auto unchanged = time_of([&] { report = apply(cluster, root, unchecked()); });
  m[second].times.add(unchanged);
  expect_changes(*report, 0, "the second apply changes nothing");
  m[verifying].floor.add(time_of([&] { files.read(tree.path()); }));
  std::optional<Verification> verification;
  m[verifying].times.add(time_of([&] { verification = verify(cluster, root); }));
  expect(verification->clean(), "there is no drift");

  if (!changed_text) return;
  auto changed = cluster_of(*changed_text);
  ::sync();  // write out the access times that the reading loop has changed
  m[one_changed].floor.add(unchanged);
  m[one_changed].times.add(time_of([&] { report = apply(changed, root, unchecked()); }));
  expect_changes(*report, 1, "one boot file changes");
}

/// The files that a first apply writes, taken from a separate tree.
Files files_of(const std::string& text, const std::string& directory) {
  Tree tree(directory);
  make_surroundings(tree.path());
  apply(cluster_of(text), Root(tree.path()), unchecked());
  return Files(tree.path(), written);
}

}  // namespace

std::vector<Measure> measure(std::size_t nodes, Form form, unsigned repetitions,
                             const std::string& directory) {
  auto text = sample_cluster(nodes, form);
  std::optional<std::string> changed;
  if (form == Form::explicit_entries) changed = sample_cluster(nodes, form, true);
  auto files = files_of(text, directory);
  auto measures = empty_measures();
  if (!changed) measures.pop_back();
  for (unsigned i = 0; i < repetitions; ++i) repeat(measures, text, changed, files, directory);
  return measures;
}

std::vector<Peak> peaks(std::size_t nodes, Form form, const std::string& directory) {
  std::vector<Peak> found;
  auto note = [&](const char* step) {
    struct rusage usage {};
    ::getrusage(RUSAGE_SELF, &usage);
    found.push_back({step, static_cast<double>(usage.ru_maxrss) / 1024});
  };
  Tree tree(directory);
  make_surroundings(tree.path());
  Root root(tree.path());
  note("start");
  auto cluster = [&] {
    auto text = sample_cluster(nodes, form);
    note("text");
    return cluster_of(std::move(text));
  }();
  note("load, validate");
  apply(cluster, root, unchecked());
  note("first apply");
  apply(cluster, root, unchecked());
  verify(cluster, root);
  note("all");
  return found;
}

std::string with_checks(std::size_t nodes, const std::string& directory) {
  Tree tree(directory);
  make_surroundings(tree.path());
  Root root(tree.path());
  auto cluster = cluster_of(sample_cluster(nodes, Form::explicit_entries));
  std::optional<ApplyReport> report;
  auto time = time_of([&] { report = apply(cluster, root); });
  std::string checks;
  for (const auto& check : report->checks) {
    checks += fmt::format("; {}: {}", check.daemon, check.detail);
  }
  return fmt::format("{} nodes, first apply with the daemons' checks: {:.0f} ms{}", nodes, time.wall, checks);
}

}  // namespace bench
