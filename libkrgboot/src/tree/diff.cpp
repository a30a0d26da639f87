#include "krgboot/tree/diff.hpp"

#include "krgboot/base/error.hpp"
#include "krgboot/base/text.hpp"
#include "krgboot/tree/digest.hpp"
#include "krgboot/tree/manifest.hpp"
#include "krgboot/tree/restore.hpp"

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <map>
#include <memory>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>
#include <unistd.h>

#include "archive_reader.hpp"
#include "base/json_text.hpp"
#include "compare.hpp"
#include "loader.hpp"
#include "system/reading.hpp"
#include "system/system_call.hpp"

namespace krgboot {

namespace {

/// Thrown for an archive whose entries are not in tree order.
struct OutOfOrder {};

/// Entries of an archive with digests of their data, limited in number and size as by default for restore.
class ArchiveEntries {
 public:
  ArchiveEntries(const std::string& file, Ticker& ticker, Diagnostics& warnings)
      : reader_(file, warnings), ticker_(ticker) {}

  std::optional<TreeEntry> next() {
    auto entry = reader_.next();
    if (entry && ++entries_ > limits_.max_entries)
      refuse("archive.too_many", *entry,
             fmt::format("it is one more than the {} entries allowed", limits_.max_entries));
    if (!entry || entry->type != EntryType::file || !entry->hard_link.empty()) return entry;
    if (entry->size > limits_.max_bytes - claimed_)
      refuse("archive.too_large", *entry,
             fmt::format("with its {} bytes the files are larger than the {} bytes allowed", entry->size,
                         limits_.max_bytes));
    claimed_ += entry->size;
    std::uint64_t at = 0;
    while (auto block = reader_.block()) {
      add_zeros(*entry, block->offset - at);
      digest_.add(block->bytes);
      at = block->offset + block->bytes.size();
      ticker_.tick(entry->path, 0);
    }
    add_zeros(*entry, entry->size - at);
    entry->sha256 = digest_.finish();
    return entry;
  }

  [[noreturn]] void refuse(const char* code, const TreeEntry& entry, const std::string& why) const {
    throw ArchiveError(code, reader_.file(), entry.path,
                       fmt::format("{}: {}: {}", visible(reader_.file()), in_quotes(entry.path), why));
  }
  void refuse_link(const TreeEntry& entry) const {
    refuse("archive.hard_link", entry,
           fmt::format("it is a hard link to {}, which is not in the archive before it",
                       in_quotes(entry.hard_link)));
  }

 private:
  void add_zeros(const TreeEntry& entry, std::uint64_t count) {
    static const std::string zeros(std::size_t{1} << 18U, '\0');
    while (count != 0) {
      auto piece = static_cast<std::size_t>(std::min<std::uint64_t>(count, zeros.size()));
      digest_.add({zeros.data(), piece});
      count -= piece;
      ticker_.tick(entry.path, 0);
    }
  }

  const RestoreOptions limits_;  // a hostile archive must be reported here too
  std::uint64_t entries_ = 0;
  std::uint64_t claimed_ = 0;
  ArchiveReader reader_;
  Ticker& ticker_;
  Sha256 digest_;
};

/// All entries in tree order. Of several entries with one path the last counts, as when unpacking; of several
/// names of a file the first in tree order is the main one. A name keeps its file if another name of it is
/// replaced by something else.
std::vector<TreeEntry> sorted_entries(ArchiveEntries& archive) {
  std::vector<TreeEntry> files;  // the objects that names refer to, of any type
  std::map<std::string, std::size_t> names;
  while (auto entry = archive.next()) {
    auto path = entry->path;
    auto file = files.size();
    if (entry->hard_link.empty()) {
      files.push_back(std::move(*entry));
    } else {
      auto linked = names.find(entry->hard_link);
      if (linked == names.end()) archive.refuse_link(*entry);
      file = linked->second;
    }
    names[path] = file;
  }
  std::vector<std::pair<std::string, std::size_t>> ordered(names.begin(), names.end());
  std::sort(ordered.begin(), ordered.end(),
            [](const auto& a, const auto& b) { return compare_tree_paths(a.first, b.first) < 0; });
  std::vector<TreeEntry> entries;
  entries.reserve(ordered.size());
  std::map<std::size_t, std::string> first_of;
  for (auto& [path, file] : ordered) {
    auto entry = files[file];
    entry.path = path;
    auto [first, is_first] = first_of.emplace(file, path);
    if (!is_first) {
      entry.hard_link = first->second;
      entry.size = 0;
      entry.sha256.clear();
      entry.attributes.clear();
    }
    entries.push_back(std::move(entry));
  }
  return entries;
}

class Sources {
 public:
  Sources(const VerifyOptions& options, Ticker& ticker, Diagnostics& warnings)
      : options_(options), ticker_(ticker), warnings_(warnings) {}

  EntryStream open(const TreeSource& source, bool keep) {
    if (source.kind == TreeSource::Kind::manifest) {
      auto reader = std::make_shared<TreeManifestReader>(open_tree_manifest(source.path));
      return [reader] { return reader->next(); };
    }
    if (source.kind == TreeSource::Kind::archive) return open_archive(source.path, keep);
    ScanOptions scan_options;
    scan_options.without_contents = options_.without_contents;
    scan_options.when_changed = options_.when_changed;
    scan_options.threads = options_.threads;
    auto loader = std::make_shared<TreeLoader>(Root(source.path), Load::digests, scan_options, warnings_);
    return [loader]() -> std::optional<TreeEntry> {
      auto loaded = loader->next();
      if (!loaded) return std::nullopt;
      return std::move(loaded->walked.entry);
    };
  }

 private:
  EntryStream open_archive(const std::string& path, bool keep) {
    auto archive = std::make_shared<ArchiveEntries>(path, ticker_, warnings_);
    if (keep) {
      auto entries = std::make_shared<std::vector<TreeEntry>>(sorted_entries(*archive));
      return [entries, at = std::size_t{0}]() mutable -> std::optional<TreeEntry> {
        if (at == entries->size()) return std::nullopt;
        return std::move((*entries)[at++]);
      };
    }
    return [archive, last = std::string()]() mutable {
      auto entry = archive->next();
      if (!entry) return entry;
      if (!last.empty() && compare_tree_paths(last, entry->path) >= 0) throw OutOfOrder{};
      if (!entry->hard_link.empty() && compare_tree_paths(entry->hard_link, entry->path) >= 0)
        archive->refuse_link(*entry);
      last = entry->path;
      return entry;
    };
  }

  const VerifyOptions& options_;
  Ticker& ticker_;
  Diagnostics& warnings_;
};

/// The text in a form that JSON can hold; true if bytes were escaped.
std::pair<std::string, bool> for_json(const std::string& text) {
  if (is_utf8(text)) return {text, false};
  TreeEntry entry;
  entry.path = text;
  auto line = to_manifest_lines(entry);
  return {line.substr(2, line.find(' ') - 2), true};
}

}  // namespace

TreeSource tree_source(const std::filesystem::path& path) {
  struct stat status {};
  if (stat(path.c_str(), &status) != 0) throw IoError("open", path, errno);
  if (S_ISDIR(status.st_mode)) return {TreeSource::Kind::directory, path};
  auto opened = open_regular_at(AT_FDCWD, path, path);
  if (!opened) throw IoError("open", path, ENOENT);
  std::string head(7, '\0');
  auto got = system_call::retried([&] { return ::read(opened->descriptor.get(), head.data(), head.size()); });
  bool manifest = got == static_cast<ssize_t>(head.size()) && head == "#mtree\n";
  return {manifest ? TreeSource::Kind::manifest : TreeSource::Kind::archive, path};
}

DifferenceReport diff_trees(const TreeSource& before, const TreeSource& after, const VerifyOptions& options) {
  auto attempt = [&](bool keep) {
    DifferenceReport report;
    Ticker ticker(options.progress);
    try {
      Sources sources(options, ticker, report.warnings);
      auto old_entries = sources.open(before, keep);
      auto new_entries = sources.open(after, keep);
      compare(old_entries, new_entries, options.most_differences, ticker, report);
    } catch (const Cancelled&) {
      report.cancelled = true;
    }
    report.entries = ticker.progress().entries;
    report.bytes = ticker.progress().bytes;
    return report;
  };
  try {
    return attempt(false);
  } catch (const OutOfOrder&) {
    return attempt(true);
  }
}

std::string to_json(const DifferenceReport& report) {
  auto differences = nlohmann::ordered_json::array();
  for (const auto& difference : report.differences) {
    auto [path, escaped] = for_json(difference.path);
    nlohmann::ordered_json one;
    switch (difference.kind) {
      case TreeDifference::Kind::missing:
        one["kind"] = "missing";
        break;
      case TreeDifference::Kind::unexpected:
        one["kind"] = "unexpected";
        break;
      case TreeDifference::Kind::changed:
        one["kind"] = "changed";
        break;
    }
    one["path"] = path;
    if (escaped) one["path_escaped"] = true;
    auto fields = nlohmann::ordered_json::array();
    for (const auto& field : difference.fields)
      fields.push_back({{"field", field.field}, {"expected", field.expected}, {"found", field.found}});
    one["fields"] = std::move(fields);
    differences.push_back(std::move(one));
  }
  nlohmann::ordered_json all;
  all["same"] = report.same();
  all["count"] = report.count;
  all["entries"] = report.entries;
  all["bytes"] = report.bytes;
  all["cancelled"] = report.cancelled;
  all["differences"] = std::move(differences);
  return dumped(all);
}

}  // namespace krgboot
