#include "sample_cluster.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include <fmt/format.h>

namespace bench {

namespace {

constexpr std::string_view frame = R"(version: 1
cluster: {name: bench, domain: bench.example.org}
server: {name: server, address: 10.0.0.2, release: bookworm}
networks:
  - {subnet: 10.0.0.0/8, router: 10.0.0.1, dns: [10.0.0.3]}
images:
  debian: {path: /srv/nfs/debian, release: bookworm, shares_file_system: a test, root: ro, writable: [/home]}
boot:
  debian: {image: debian, kernel: vmlinuz, initrd: initrd.img, append: [quiet]}
default_boot: debian
nodes:
)";

constexpr std::size_t block = 1000;  // nodes of one entry with ranges: four times 250 addresses

bool is_by_mac(std::size_t number) {
  return number % 3 == 0;
}

}  // namespace

std::string sample_cluster(std::size_t nodes, Form form, bool changed) {
  if (nodes == 0 || nodes % block != 0 || nodes > 250 * block)
    throw std::invalid_argument("a sample cluster has a multiple of 1000 nodes, up to 250000");
  fmt::memory_buffer text;
  auto out = std::back_inserter(text);
  text.append(frame);
  for (std::size_t b = 0; b < nodes / block; ++b) {
    if (form == Form::ranges) {
      fmt::format_to(out,
                     "  - {{name: 'n{0}-[0-999]', address: '10.{1}.[0-3].[1-250]', mac: "
                     "'52:54:00:{0:02x}:[00-03]:[01-fa]', append: [krgbench.block={0}], boot_file: {2}}}\n",
                     b, b + 1, is_by_mac(b) ? "mac" : "address");
      continue;
    }
    for (std::size_t i = 0; i < block; ++i) {
      auto number = b * block + i;
      auto word = changed && number == nodes / 2 ? "changed" : "krgbench.node";
      fmt::format_to(out,
                     "  - {{name: n{0}-{1}, address: 10.{2}.{3}.{4}, mac: 52:54:00:{0:02x}:{3:02x}:{4:02x}, "
                     "append: [{5}={6}], boot_file: {7}}}\n",
                     b, i, b + 1, i / 250, i % 250 + 1, word, number, is_by_mac(number) ? "mac" : "address");
    }
  }
  return fmt::to_string(text);
}

void make_surroundings(const std::string& root) {
  namespace fs = std::filesystem;
  auto file = [&](const char* path, std::size_t size) {
    auto where = fs::path(root + path);
    fs::create_directories(where.parent_path());
    std::ofstream(where) << std::string(size, 'k');
  };
  file("/srv/nfs/debian/boot/vmlinuz", 65536);
  file("/srv/nfs/debian/boot/initrd.img", 65536);
  file("/srv/nfs/debian/etc/fstab", 40);
  file("/usr/lib/PXELINUX/pxelinux.0", 42000);
  file("/usr/lib/syslinux/modules/bios/ldlinux.c32", 117000);
}

}  // namespace bench
