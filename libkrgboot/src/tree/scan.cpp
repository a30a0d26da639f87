#include "krgboot/tree/scan.hpp"

#include "loader.hpp"
#include "ticker.hpp"

namespace krgboot {

const std::vector<std::string>& api_file_systems() {
  static const std::vector<std::string> list = {"proc",    "sys",        "run",          "dev/pts",
                                                "dev/shm", "dev/mqueue", "dev/hugepages"};
  return list;
}

ScanReport scan(const Root& tree, const std::function<void(const TreeEntry&)>& on_entry,
                const ScanOptions& options) {
  ScanReport report;
  Ticker ticker(options.progress);
  try {
    TreeLoader loader(tree, options.digests ? Load::digests : Load::attributes, options, report.warnings);
    while (auto loaded = loader.next()) {
      const auto& entry = loaded->walked.entry;
      ticker.entry(entry.path);
      if (entry.hard_link.empty()) ticker.tick(entry.path, entry.size);
      on_entry(entry);
    }
  } catch (const Cancelled&) {
    report.cancelled = true;
  }
  report.entries = ticker.progress().entries;
  report.bytes = ticker.progress().bytes;
  return report;
}

}  // namespace krgboot
