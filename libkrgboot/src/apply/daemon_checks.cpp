#include "krgboot/apply/daemon_checks.hpp"

#include "krgboot/base/error.hpp"
#include "krgboot/base/text.hpp"
#include "krgboot/formats/nfs/exports/table.hpp"
#include "krgboot/system/process.hpp"
#include "krgboot/system/sandbox.hpp"

#include <algorithm>
#include <cerrno>
#include <initializer_list>
#include <set>

#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include "dhcpd_files.hpp"
#include "system/system_call.hpp"

namespace krgboot {

namespace {

/// A file in memory that programs started meanwhile can open by its path.
class MemoryCopy {
 public:
  explicit MemoryCopy(std::string_view content) : file_(memfd_create("krgboot-check", MFD_CLOEXEC)) {
    if (!file_) throw IoError("memfd_create", "krgboot-check", errno);
    system_call::write_all(file_.get(), content, "krgboot-check");
  }
  std::string path() const { return fmt::format("/proc/{}/fd/{}", getpid(), file_.get()); }

 private:
  FileDescriptor file_;
};

bool begins_with_one_of(std::string_view line, std::initializer_list<std::string_view> starts) {
  return std::any_of(starts.begin(), starts.end(),
                     [&](std::string_view start) { return line.substr(0, start.size()) == start; });
}

/// Without what dhcpd prints before it comes to the point, and behind it.
std::string without_banner(const std::string& output) {
  std::string text;
  for (auto line : split_lines(output)) {
    if (begins_with_one_of(line, {"Configuration file errors encountered", "If you think you have"})) break;
    auto is_banner =
        begins_with_one_of(line, {"Internet Systems Consortium", "Copyright", "All rights reserved",
                                  "For info, please", "Config file:", "Database file:", "PID file:"});
    if (!is_banner && !trim(line).empty()) text += line;
  }
  return text;
}

/// Where exportfs writes what it has understood.
constexpr const char* etab = "/var/lib/nfs/etab";

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

std::vector<std::string> dhcpd_test(const std::string& program, const std::string& file) {
  return {program, "-t", "-cf", file, "-lf", "/dev/null"};
}

/// dhcpd reads copies of what was read beneath the root: no link in a staged tree leads it to the host's
/// files.
SandboxResult test_dhcpd(const std::string& program, const Root& root, const Release& release,
                         const DhcpdFiles& files) {
  std::vector<MemoryFile> copies;
  if (!root.is_host()) copies.push_back({parent_path(release.dhcpd_conf), std::nullopt});
  for (const auto& [path, text] : files.texts) copies.push_back({path, text});
  return run_with_files(copies, dhcpd_test(program, release.dhcpd_conf));
}

}  // namespace

std::optional<std::string> dhcpd_refusal(const Root& root, const Release& release, const StagedPath& staged) {
  auto program = find_program("dhcpd");
  if (!program) return std::nullopt;
  auto sandboxed = test_dhcpd(*program, root, release, read_dhcpd_files(root, release, staged));
  if (!sandboxed.result) return std::nullopt;
  if (sandboxed.result->status == 0) return "";
  auto said = without_banner(sandboxed.result->output);
  return said.empty() ? fmt::format("dhcpd -t ended with status {}\n", sandboxed.result->status) : said;
}

DaemonCheck check_dhcpd(const Root& root, const Release& release, const StagedPath& staged) {
  auto program = find_program("dhcpd");
  if (!program) return {"dhcpd", false, release.dhcpd_package + " is not installed here"};
  auto test = [&](const std::string& file) { return dhcpd_test(*program, file); };
  auto files = read_dhcpd_files(root, release, staged);
  auto sandboxed = test_dhcpd(*program, root, release, files);
  DaemonCheck check{"dhcpd", true, "dhcpd -t accepts " + release.dhcpd_conf};
  auto unavailable = sandboxed.unavailable;
  auto whole = sandboxed.result.has_value();
  auto result = sandboxed.result.value_or(CommandResult{});
  if (whole && result.status != 0 && release.dhcpd_is_older) {
    unavailable = fmt::format("it refuses {}, which the server's older dhcpd may take", release.dhcpd_conf);
    whole = false;
  }
  if (!whole) {
    // Our own file is a whole configuration in itself.
    auto own = files.texts.find(release.dhcpd_krgboot_conf);
    if (own == files.texts.end()) return {"dhcpd", false, unavailable};
    result = run(test(MemoryCopy(own->second).path()));
    check.detail = fmt::format("dhcpd -t accepts {} by itself ({})", release.dhcpd_krgboot_conf, unavailable);
  }
  if (result.status != 0) {
    auto before = dhcpd_refusal(root, release, [](const std::string& path) { return path; });
    if (whole && before && !before->empty()) {
      throw ConflictError(
          "dhcpd.refused_before", release.dhcpd_conf,
          fmt::format("nothing was written: dhcpd refuses {} even without krgboot's changes:\n{}",
                      release.dhcpd_conf, *before));
    }
    throw CommandError("dhcpd.check", test(release.dhcpd_conf), result.status, without_banner(result.output));
  }
  return check;
}

ExportfsAnswer ask_exportfs(const Root& root, const std::vector<std::string>& files) {
  ExportfsAnswer answer;
  auto program = find_program("exportfs");
  answer.check = {"exportfs", false, "nfs-kernel-server is not installed here"};
  if (!program) return answer;

  std::vector<MemoryFile> in_place{{"/etc/exports", ""},
                                   {"/etc/exports.d", std::nullopt},
                                   {"/var/lib/nfs", std::nullopt},
                                   {etab, ""},
                                   {"/var/lib/nfs/rmtab", ""}};
  std::vector<std::string> texts;
  for (const auto& file : files) {
    texts.push_back(root.read_file(file).value_or(""));
    in_place.push_back({fmt::format("/etc/exports.d/{}.exports", texts.size()), texts.back()});
  }
  answer.argv = {*program, "-ra"};
  auto sandboxed = run_with_files(in_place, answer.argv, {}, {etab});
  answer.check.detail = sandboxed.unavailable;
  if (!sandboxed.result) return answer;

  answer.status = sandboxed.result->status;
  answer.taken = split_lines(sandboxed.files[etab]).size();
  answer.expected = expected_entries(texts);
  // A directory that is not there yet is a finding of its own; the entry is in the table all the same.
  answer.said = without_missing_directories(sandboxed.result->output);
  answer.check = {"exportfs", true, fmt::format("exportfs takes all {} entries", answer.taken)};
  return answer;
}

DaemonCheck check_exportfs(const Root& root, const std::vector<std::string>& files) {
  auto answer = ask_exportfs(root, files);
  if (answer.taken != answer.expected || !trim(answer.said).empty()) {
    throw CommandError("exportfs.check", answer.argv, answer.status,
                       fmt::format("{} of {} entries taken\n{}", answer.taken, answer.expected, answer.said));
  }
  return answer.check;
}

}  // namespace krgboot
