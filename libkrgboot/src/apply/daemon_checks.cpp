#include "krgboot/apply/daemon_checks.hpp"

#include "krgboot/base/error.hpp"
#include "krgboot/base/text.hpp"
#include "krgboot/formats/exports_table.hpp"
#include "krgboot/system/process.hpp"
#include "krgboot/system/sandbox.hpp"

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>

#include <fmt/format.h>

#include "dhcpd_files.hpp"

namespace krgboot {

namespace {

namespace fs = std::filesystem;

/// A directory of our own for as long as a check runs.
class ScratchDirectory {
 public:
  ScratchDirectory() {
    auto name = (fs::temp_directory_path() / "krgboot-check.XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw IoError("make", name, errno);
    path_ = name;
  }
  ScratchDirectory(const ScratchDirectory&) = delete;
  ScratchDirectory(ScratchDirectory&&) = delete;
  ScratchDirectory& operator=(ScratchDirectory&&) = delete;
  ScratchDirectory& operator=(const ScratchDirectory&) = delete;
  ~ScratchDirectory() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }

  std::string make_directory(std::string_view name) const {
    fs::create_directory(path_ / name);
    return (path_ / name).string();
  }
  std::string write(const fs::path& name, std::string_view content) const {
    auto path = (path_ / name).string();
    std::ofstream file(path, std::ios::binary);
    file.write(content.data(), static_cast<std::streamsize>(content.size()));
    file.close();
    if (!file) throw IoError("write", path, EIO);
    return path;
  }

 private:
  fs::path path_;
};

// What dhcpd prints before it comes to the point.
bool is_banner(std::string_view line) {
  for (std::string_view start :
       {"Internet Systems Consortium", "Copyright", "All rights reserved", "For info, please",
        "Config file:", "Database file:", "PID file:", "If you think you have", "than a configuration issue",
        "before submitting a bug", "bug reports", "process and the", "exiting.", "about submitting bugs"}) {
    if (line.substr(0, start.size()) == start) return true;
  }
  return trim(line).empty();
}

std::string without_banner(const std::string& output) {
  std::string text;
  for (auto line : split_lines(output)) {
    if (!is_banner(line)) text += line;
  }
  return text;
}

/// Number of entries that exportfs must make of these tables: one for each path and client.
std::size_t expected_entries(const std::vector<std::string>& texts) {
  std::set<std::pair<std::string, std::string>> entries;
  for (const auto& text : texts) {
    auto table = exports::ExportsTable::parse(text);
    for (const auto& entry : table.list()) entries.emplace(entry.path, entry.client);
  }
  return entries.size();
}

std::string without_missing_directories(const std::string& output) {
  std::string text;
  for (auto line : split_lines(output)) {
    if (line.find("Failed to stat") == std::string_view::npos) text += line;
  }
  return text;
}

}  // namespace

DaemonCheck check_dhcpd(const Root& root, const Release& release, const StagedPath& staged) {
  auto program = find_program("dhcpd");
  if (!program) return {"dhcpd", false, release.dhcpd_package + " is not installed here"};

  // dhcpd reads copies of what was read beneath the root: no link in a staged tree leads it to the host's
  // files.
  ScratchDirectory scratch;
  std::vector<Bind> binds;
  if (!root.is_host()) binds.push_back({scratch.make_directory("empty"), parent_path(release.dhcpd_conf)});
  std::string own;
  auto files = read_dhcpd_files(root, release, staged);
  for (const auto& [path, text] : files.texts) {
    auto copy = scratch.write(fmt::format("{}.conf", binds.size()), text);
    if (path == release.dhcpd_krgboot_conf) own = copy;
    binds.push_back({copy, path, true});
  }
  auto test = [&](const std::string& file) {
    return std::vector<std::string>{*program, "-t", "-cf", file, "-lf", "/dev/null"};
  };
  auto sandboxed = run_with_binds(binds, test(release.dhcpd_conf));
  DaemonCheck check{"dhcpd", true, "dhcpd -t accepts " + release.dhcpd_conf};
  CommandResult result;
  if (sandboxed.result) {
    result = *sandboxed.result;
  } else {
    // Our own file is a whole configuration in itself.
    if (own.empty()) return {"dhcpd", false, sandboxed.unavailable};
    result = run(test(own));
    check.detail =
        fmt::format("dhcpd -t accepts {} by itself ({})", release.dhcpd_krgboot_conf, sandboxed.unavailable);
  }
  if (result.status != 0) {
    throw CommandError("dhcpd.check", test(release.dhcpd_conf), result.status, without_banner(result.output));
  }
  return check;
}

DaemonCheck check_exportfs(const Root& root, const std::vector<std::string>& files) {
  auto program = find_program("exportfs");
  if (!program) return {"exportfs", false, "nfs-kernel-server is not installed here"};

  ScratchDirectory scratch;
  std::vector<std::string> texts;
  auto drop_ins = scratch.make_directory("exports.d");
  for (const auto& file : files) {
    texts.push_back(root.read_file(file).value_or(""));
    scratch.write(fmt::format("exports.d/{}.exports", texts.size()), texts.back());
  }
  auto state = scratch.make_directory("nfs");
  auto etab = scratch.write("nfs/etab", "");
  scratch.write("nfs/rmtab", "");
  auto main_table = scratch.write("exports", "");

  std::vector<std::string> argv{*program, "-ra"};
  auto sandboxed = run_with_binds(
      {{main_table, "/etc/exports"}, {drop_ins, "/etc/exports.d"}, {state, "/var/lib/nfs"}}, argv);
  if (!sandboxed.result) return {"exportfs", false, sandboxed.unavailable};

  std::ifstream table(etab);
  std::size_t count = 0;
  for (std::string line; std::getline(table, line);) ++count;
  auto expected = expected_entries(texts);
  // A directory that is not there yet is a finding of its own; the entry is in the table all the same.
  auto complaints = without_missing_directories(sandboxed.result->output);
  if (count != expected || !trim(complaints).empty()) {
    throw CommandError("exportfs.check", argv, sandboxed.result->status,
                       fmt::format("{} of {} entries taken\n{}", count, expected, complaints));
  }
  return {"exportfs", true, fmt::format("exportfs takes all {} entries", count)};
}

}  // namespace krgboot
