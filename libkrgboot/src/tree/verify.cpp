#include "krgboot/tree/verify.hpp"

#include "krgboot/tree/manifest.hpp"

#include "compare.hpp"
#include "loader.hpp"

namespace krgboot {

DifferenceReport verify_tree(const Root& tree, const std::filesystem::path& manifest,
                             const VerifyOptions& options) {
  DifferenceReport report;
  auto reader = open_tree_manifest(manifest);
  ScanOptions scan_options;
  scan_options.without_contents = options.without_contents;
  scan_options.when_changed = options.when_changed;
  scan_options.threads = options.threads;
  Ticker ticker(options.progress);
  try {
    TreeLoader loader(tree, options.digests ? Load::digests : Load::attributes, scan_options,
                      report.warnings);
    auto found = [&]() -> std::optional<TreeEntry> {
      auto loaded = loader.next();
      if (!loaded) return std::nullopt;
      return std::move(loaded->walked.entry);
    };
    auto expected = [&] {
      auto entry = reader.next();
      if (entry && !options.digests) entry->sha256.clear();
      return entry;
    };
    compare(expected, found, options.most_differences, ticker, report);
  } catch (const Cancelled&) {
    report.cancelled = true;
  }
  report.entries = ticker.progress().entries;
  report.bytes = ticker.progress().bytes;
  return report;
}

}  // namespace krgboot
