// Speed of krgboot for a tree, compared with common tools.
//
//   bench_image [--short] [--tree DIR] [--repeat N] [--directory DIR] [--threads N] [--xz] [--only TEXT]
//
// Compares archive with `tar --xattrs --acls | zstd -T0` and with bsdtar at the same level with as many
// threads, restore with `zstd -d | tar -xp`, verify with sha256sum over all files, clone with `cp -a`. DIR is
// a tree made, for example, by mmdebstrap (`mmdebstrap --include=linux-image-cloud-amd64,perl,... bookworm
// DIR`); it is read once before, so that it is in the page cache for all. All take turns. The other tools do
// not sync before they end, so krgboot does not either (durable = false).
//
// Times are medians and minimums of wall-clock time and CPU time (user and system, summed over all threads
// and programs). On a busy machine only CPU time can be compared. "x peer" is the speed relative to the
// faster peer, by either median. Memory is the maximum of one program of a pipeline; for krgboot it is the
// total. --xz also makes an archive with xz, for its memory; --only selects rows whose step and name contain
// TEXT. --short uses a small part of /usr, and only checks that all steps complete.
#include "krgboot/base/text.hpp"
#include "krgboot/tree/archive.hpp"
#include "krgboot/tree/clone.hpp"
#include "krgboot/tree/restore.hpp"
#include "krgboot/tree/scan.hpp"
#include "krgboot/tree/verify.hpp"

#include <algorithm>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <linux/magic.h>
#include <sys/resource.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include "measures.hpp"

namespace {

struct Arguments {
  std::string tree;
  unsigned repetitions = 5;
  unsigned threads = 0;
  bool xz = false;
  std::string only;
  std::string directory = std::filesystem::temp_directory_path().string();
};

[[noreturn]] void usage(const std::string& why) {
  fmt::print(stderr,
             "{}\nbench_image [--short] [--tree DIR] [--repeat N] [--directory DIR] [--threads N] [--xz] "
             "[--only TEXT]\n",
             why);
  std::exit(64);
}

Arguments read(int argc, char** argv) {
  Arguments arguments;
  std::vector<std::string_view> words(argv + 1, argv + argc);
  for (std::size_t i = 0; i < words.size(); ++i) {
    auto value = [&] {
      if (++i == words.size()) usage(fmt::format("{} wants a value", words[i - 1]));
      return std::string(words[i]);
    };
    if (words[i] == "--short") {
      arguments.tree = "/usr/share/perl5";
      if (!std::filesystem::is_directory(arguments.tree)) arguments.tree = "/usr/sbin";
      arguments.repetitions = 1;
    } else if (words[i] == "--tree") {
      arguments.tree = value();
    } else if (words[i] == "--repeat") {
      auto number = krgboot::parse_decimal(value(), 1000);
      if (!number || *number == 0) usage("--repeat wants a number");
      arguments.repetitions = static_cast<unsigned>(*number);
    } else if (words[i] == "--threads") {
      auto number = krgboot::parse_decimal(value(), 64);
      if (!number) usage("--threads wants a number");
      arguments.threads = static_cast<unsigned>(*number);
    } else if (words[i] == "--xz") {
      arguments.xz = true;
    } else if (words[i] == "--only") {
      arguments.only = value();
    } else if (words[i] == "--directory") {
      arguments.directory = value();
    } else {
      usage(fmt::format("unknown argument {}", words[i]));
    }
  }
  if (arguments.tree.empty()) usage("which tree?");
  return arguments;
}

struct Cost {
  double wall = 0;
  double cpu = 0;
  double memory = 0;  ///< MiB
};

/// Cost of `work` in a child process, with all that it starts. Exits on failure.
Cost cost_of(const std::function<void()>& work) {
  std::fflush(nullptr);
  auto start = bench::now().wall;
  auto child = ::fork();
  if (child == 0) {
    try {
      work();
    } catch (const std::exception& error) {
      fmt::print(stderr, "{}\n", error.what());
      ::_exit(1);
    }
    ::_exit(0);
  }
  int status = 0;
  struct rusage used {};
  if (child < 0 || ::wait4(child, &status, 0, &used) != child || status != 0) {
    fmt::print(stderr, "a step failed with status {}\n", status);
    std::exit(1);
  }
  auto milliseconds = [](const struct timeval& time) {
    return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_usec) / 1e3;
  };
  return {bench::now().wall - start, milliseconds(used.ru_utime) + milliseconds(used.ru_stime),
          static_cast<double>(used.ru_maxrss) / 1024};
}

/// A shell pipeline; paths are passed as its arguments.
std::function<void()> shell(const std::string& script, const std::vector<std::string>& arguments) {
  return [script, arguments] {
    std::vector<std::string> words = {"sh", "-euc", script, "sh"};
    words.insert(words.end(), arguments.begin(), arguments.end());
    std::vector<char*> argv;
    argv.reserve(words.size() + 1);
    for (auto& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    ::execvp("sh", argv.data());
    ::_exit(127);
  };
}

struct Contender {
  std::string step;
  std::string name;
  bool peer = false;
  std::function<void()> work;
  std::function<void()> clear;
  std::vector<Cost> costs;

  Cost median() const {
    return {sorted(&Cost::wall)[costs.size() / 2], sorted(&Cost::cpu)[costs.size() / 2],
            sorted(&Cost::memory).back()};
  }
  double least() const { return sorted(&Cost::wall).front(); }

 private:
  std::vector<double> sorted(double Cost::*member) const {
    std::vector<double> values;
    for (const auto& cost : costs) values.push_back(cost.*member);
    std::sort(values.begin(), values.end());
    return values;
  }
};

void print(const std::vector<Contender>& contenders) {
  fmt::print("{:<8} {:<22} {:>9} {:>9} {:>9} {:>6} {:>8} {:>8}\n", "step", "by", "wall ms", "least ms",
             "cpu ms", "MiB", "x peer", "x cpu");
  for (const auto& contender : contenders) {
    auto median = contender.median();
    fmt::print("{:<8} {:<22} {:>9.0f} {:>9.0f} {:>9.0f} {:>6.0f}", contender.step, contender.name,
               median.wall, contender.least(), median.cpu, median.memory);
    double wall = 0;
    double cpu = 0;
    for (const auto& other : contenders) {
      if (!other.peer || contender.peer || other.step != contender.step) continue;
      wall = wall == 0 ? other.median().wall : std::min(wall, other.median().wall);
      cpu = cpu == 0 ? other.median().cpu : std::min(cpu, other.median().cpu);
    }
    if (wall != 0) fmt::print(" {:>8.2f} {:>8.2f}", wall / median.wall, cpu / median.cpu);
    fmt::print("\n");
  }
}

std::string file_system_of(const std::string& directory) {
  struct statfs status {};
  if (::statfs(directory.c_str(), &status) != 0) return "unknown";
  switch (static_cast<unsigned long>(status.f_type)) {
    case EXT4_SUPER_MAGIC:
      return "ext4";
    case TMPFS_MAGIC:
      return "tmpfs";
    case XFS_SUPER_MAGIC:
      return "xfs";
    case BTRFS_SUPER_MAGIC:
      return "btrfs";
    case OVERLAYFS_SUPER_MAGIC:
      return "overlayfs";
    default:
      return fmt::format("of type {:#x}", static_cast<unsigned long>(status.f_type));
  }
}

}  // namespace

int main(int argc, char** argv) {
  auto arguments = read(argc, argv);
  auto work = fmt::format("{}/krgboot-bench.{}", arguments.directory, ::getpid());
  std::filesystem::create_directories(work);
  const auto& tree = arguments.tree;
  auto ours = work + "/ours.tar.zst";
  auto out = work + "/out";
  auto remove = [](const std::string& path) { return [path] { std::filesystem::remove_all(path); }; };
  auto nothing = [] {};
  using namespace krgboot;
  ArchiveOptions archive_options;
  archive_options.threads = arguments.threads;
  archive_options.durable = false;
  archive_options.replace = true;
  RestoreOptions restore_options;
  restore_options.durable = false;
  restore_options.devices = Devices::all;
  auto unchecked = restore_options;
  unchecked.manifest = "";
  CloneOptions clone_options;
  clone_options.durable = false;
  auto unlisted = archive_options;
  unlisted.manifest = false;
  auto xz = archive_options;
  xz.compression = Compression::xz;
  const bool peer = true;
  std::vector<Contender> contenders = {
      {"archive", "krgboot", !peer, [&] { archive(Root(tree), ours, archive_options); }, nothing, {}},
      {"archive",
       "krgboot, no manifest",
       !peer,
       [&] { archive(Root(tree), work + "/unlisted.tar.zst", unlisted); },
       nothing,
       {}},
      {"archive",
       "tar | zstd -T0",
       peer,
       shell("tar --xattrs --acls --numeric-owner -C \"$1\" -cf - . | zstd -q -f -3 -T0 -o \"$2\"",
             {tree, work + "/tar.tar.zst"}),
       nothing,
       {}},
      {"archive",
       "bsdtar --zstd",
       peer,
       shell("bsdtar --xattrs --acls --zstd --options zstd:compression-level=3,zstd:threads=$(nproc) -C "
             "\"$1\" -cf \"$2\" .",
             {tree, work + "/bsdtar.tar.zst"}),
       nothing,
       {}},
      {"restore", "krgboot", !peer, [&] { restore(ours, Root("/"), out, restore_options); }, remove(out), {}},
      {"restore",
       "krgboot, no manifest",
       !peer,
       [&] { restore(ours, Root("/"), out, unchecked); },
       remove(out),
       {}},
      {"restore",
       "zstd -d | tar -xp",
       peer,
       shell("mkdir \"$2\"; zstd -q -d -c \"$1\" | tar --xattrs --acls --numeric-owner -xpf - -C \"$2\"",
             {ours, out}),
       remove(out),
       {}},
      {"verify", "krgboot", !peer, [&] { (void)verify_tree(Root(tree), manifest_path(ours)); }, nothing, {}},
      {"verify",
       "sha256sum",
       peer,
       shell("find \"$1\" -xdev -type f -print0 | xargs -0 sha256sum > /dev/null", {tree}),
       nothing,
       {}},
      {"clone", "krgboot", !peer, [&] { clone(Root(tree), Root("/"), out, clone_options); }, remove(out), {}},
      {"clone", "cp -a", peer, shell("cp -a \"$1\" \"$2\"", {tree, out}), remove(out), {}},
  };
  if (arguments.xz)
    contenders.push_back(
        {"xz", "krgboot", !peer, [&] { archive(Root(tree), work + "/ours.tar.xz", xz); }, nothing, {}});
  contenders.erase(std::remove_if(contenders.begin(), contenders.end(),
                                  [&](const Contender& contender) {
                                    auto name = contender.step + ' ' + contender.name;
                                    return name.find(arguments.only) == std::string::npos;
                                  }),
                   contenders.end());
  // Makes the archive for restore and verify, and brings the tree into the page cache.
  (void)cost_of([&] { archive(Root(tree), ours, archive_options); });
  // The contenders take turns, so that other load affects all equally.
  for (unsigned i = 0; i < arguments.repetitions; ++i) {
    for (auto& contender : contenders) {
      contender.costs.push_back(cost_of(contender.work));
      contender.clear();
    }
  }
  ScanOptions scan_options;
  scan_options.digests = false;
  auto found = scan(
      Root(tree), [](const TreeEntry&) {}, scan_options);
  fmt::print("{} entries, {:.0f} MB; {} processors; written to {}; {} rounds\n", found.entries,
             static_cast<double>(found.bytes) / 1e6, std::thread::hardware_concurrency(),
             file_system_of(work), arguments.repetitions);
  print(contenders);
  std::filesystem::remove_all(work);
  return 0;
}
