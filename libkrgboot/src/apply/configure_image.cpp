#include "krgboot/apply/configure_image.hpp"

#include "krgboot/base/error.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "apply_locked.hpp"
#include "image_named.hpp"
#include "notices.hpp"
#include "propose_locked.hpp"
#include "recovery.hpp"

namespace krgboot {

namespace {

// Packages may change krgboot's files, and krgboot's files may be inputs of an initramfs: two rounds settle
// that, the third one confirms it.
constexpr int rounds = 3;

ApplyReport apply_files(const Cluster& cluster, const Root& root, const Image& image,
                        const ConfigureImageOptions& options) {
  Lock lock(root, options.lock);
  recover_locked(root);
  DiffOptions diff_options;
  diff_options.adopt = options.adopt;
  diff_options.within = image.path;
  ApplyOptions apply_options;
  apply_options.reload = false;
  return apply_locked(propose_locked(cluster, root, diff_options), apply_options);
}

template <class T>
void append(std::vector<T>& all, std::vector<T> more) {
  std::move(more.begin(), more.end(), std::back_inserter(all));
}

}  // namespace

ConfigureImageReport configure_image(const Cluster& cluster, const Root& root, std::string_view name,
                                     const ConfigureImageOptions& options) {
  const auto& image = image_named(cluster, name);
  auto steps = image_steps(cluster, image);
  ConfigureImageReport report;
  auto programs = options.programs;
  for (const auto& mirror : {image.mirror, image.security_mirror})
    if (mirror) programs.mirrors.push_back(*mirror);
  programs.on_warning = [&](const Diagnostic& warning) {
    report.warnings.push_back(warning);
    if (options.programs.on_warning) options.programs.on_warning(warning);
  };
  for (int round = 0; round < rounds; ++round) {
    auto files = apply_files(cluster, root, image, options);
    auto changed_files = !files.changes.changes.empty();
    append(report.changes.changes, std::move(files.changes.changes));
    if (round == 0) {
      // The pending steps are made next, so drop these warnings.
      std::copy_if(files.warnings.begin(), files.warnings.end(), std::back_inserter(report.warnings),
                   [](const Diagnostic& warning) { return warning.code != "image.pending"; });
    }
    auto made = configure(root.beneath(image.path), steps, programs);
    auto ran = !made.empty();
    append(report.steps, std::move(made));
    if (ran && (round == 0 || changed_files)) continue;
    append(report.warnings, stale_copies(cluster, root, image));
    return report;
  }
  throw ConflictError(
      "configure.pending", image.path,
      fmt::format("{} is not settled: its programs go on changing what krgboot writes", image.path));
}

std::string to_json(const ConfigureImageReport& report) {
  auto all = report.changes;
  all.steps = report.steps;
  all.findings = report.warnings;
  return to_json(all);
}

}  // namespace krgboot
