// Speed of krgboot, compared with the minimum for the same machine and file system.
//
//   bench_apply [--short] [--sizes 1000,10000] [--repeat N] [--directory DIR]
//
// Steps for each size, with one entry for each node and with ranges: load, validate, render, a first apply
// into an empty root, a second one, verify, and an apply after a change of one node. Steps that write or read
// files are compared with a bare loop that creates or reads the same files. The daemons' own checks are off;
// a separate line gives their cost. Each size runs in its own process, whose peak memory is printed.
#include "krgboot/base/text.hpp"

#include <cstdlib>
#include <exception>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include "measures.hpp"
#include "steps.hpp"

namespace {

struct Arguments {
  std::vector<std::size_t> sizes = {1000, 10000, 100000};
  unsigned repetitions = 7;
  std::size_t checked_size = 10000;
  std::string directory = std::filesystem::temp_directory_path().string();
};

[[noreturn]] void usage(const std::string& why) {
  fmt::print(stderr, "{}\nbench_apply [--short] [--sizes 1000,10000] [--repeat N] [--directory DIR]\n", why);
  std::exit(64);
}

std::size_t number(std::string_view text) {
  auto value = krgboot::parse_decimal(text, 250000);
  if (!value || *value == 0) usage(fmt::format("{} is no number that makes sense here", text));
  return *value;
}

Arguments read(int argc, char** argv) {
  Arguments arguments;
  std::vector<std::string_view> words(argv + 1, argv + argc);
  for (std::size_t i = 0; i < words.size(); ++i) {
    auto value = [&] {
      if (++i == words.size()) usage(fmt::format("{} wants a value", words[i - 1]));
      return words[i];
    };
    if (words[i] == "--short") {
      arguments.sizes = {1000};
      arguments.repetitions = 2;
      arguments.checked_size = 1000;
    } else if (words[i] == "--sizes") {
      arguments.sizes.clear();
      for (auto size : krgboot::split(value(), ',')) arguments.sizes.push_back(number(size));
    } else if (words[i] == "--repeat") {
      arguments.repetitions = static_cast<unsigned>(number(value()));
    } else if (words[i] == "--directory") {
      arguments.directory = value();
    } else {
      usage(fmt::format("unknown argument {}", words[i]));
    }
  }
  return arguments;
}

/// Runs `work` in a child process, whose memory starts small. False if it failed, after printing the reason.
bool in_child(const std::function<void()>& work) {
  std::fflush(nullptr);
  auto child = ::fork();
  if (child == 0) {
    int status = 0;
    try {
      work();
    } catch (const std::exception& error) {
      fmt::print(stderr, "{}\n", error.what());
      status = 1;
    }
    std::fflush(nullptr);
    ::_exit(status);
  }
  int status = 0;
  return child > 0 && ::waitpid(child, &status, 0) == child && status == 0;
}

}  // namespace

int main(int argc, char** argv) {
  auto arguments = read(argc, argv);
  auto directory = fmt::format("{}/krgboot-bench.{}", arguments.directory, ::getpid());
  std::filesystem::create_directories(directory);
#ifndef NDEBUG
  fmt::print("This is no build of type Release: its figures say little.\n");
#endif
  bool good = true;
  bench::print_head();
  const std::pair<bench::Form, const char*> forms[] = {{bench::Form::explicit_entries, "one each"},
                                                       {bench::Form::ranges, "ranges"}};
  for (auto size : arguments.sizes) {
    for (const auto& form : forms) {
      good &= in_child([&] {
        auto measures = bench::measure(size, form.first, arguments.repetitions, directory);
        bench::print(measures, size, form.second);
      });
      good &= in_child([&] {
        fmt::print("{:>7} {:<8} peak memory in MiB", size, form.second);
        for (const auto& peak : bench::peaks(size, form.first, directory)) {
          fmt::print("; {} {:.0f}", peak.step, peak.mebibytes);
        }
        fmt::print("\n\n");
      });
    }
  }
  good &= in_child([&] { fmt::print("{}\n", bench::with_checks(arguments.checked_size, directory)); });
  std::filesystem::remove_all(directory);
  return good ? 0 : 1;
}
