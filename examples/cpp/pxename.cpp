// pxename WORD...: prints the names that pxelinux looks for below pxelinux.cfg/, for addresses, MAC
// addresses, UUIDs and networks. The names of a network match exactly its addresses.

#include <iostream>
#include <string_view>

#include <krgboot/base/error.hpp>
#include <krgboot/formats/loader/pxelinux/name.hpp>
#include <krgboot/net/ipv4.hpp>

int main(int argc, char** argv) {
  try {
    for (int i = 1; i < argc; ++i) {
      std::string_view word = argv[i];
      if (auto network = krgboot::Ipv4Network::parse(word)) {
        for (const auto& name : krgboot::pxelinux_names(*network)) std::cout << name << '\n';
      } else {
        std::cout << krgboot::pxelinux_name(word) << '\n';
      }
    }
  } catch (const krgboot::Error& error) {
    std::cerr << "pxename: " << error.what() << '\n';
    return 1;
  }
}
