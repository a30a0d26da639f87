// allow_client TABLE PATH CLIENT OPTIONS ADDRESS: prints an exports(5) table with one client added, then, on
// standard error, whether ADDRESS may mount PATH by the new table. TABLE is a file; it is not changed.

#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

#include <krgboot/base/error.hpp>
#include <krgboot/formats/nfs/exports/match.hpp>
#include <krgboot/formats/nfs/exports/table.hpp>

int main(int argc, char** argv) {
  if (argc != 6) {
    std::cerr << "usage: allow_client TABLE PATH CLIENT OPTIONS ADDRESS\n";
    return 64;
  }
  const std::string file = argv[1];
  const std::string path = argv[2];
  try {
    std::ifstream in(file, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    auto table = krgboot::ExportsTable::parse(text, file);
    table.add(path, argv[3], argv[4]);
    std::cout << table.to_string();

    const krgboot::exports::ExportsView view(std::vector{table});
    std::cerr << view.would_allow(krgboot::Ipv4Address::from_string(argv[5]), path).explain() << '\n';
  } catch (const krgboot::Error& error) {
    std::cerr << "allow_client: " << error.what() << '\n';
    return 1;
  }
}
