// SPDX-License-Identifier: Apache-2.0
#include "models/cpu/rv64/elf_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <gelf.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <utility>

namespace prism::rv64 {
namespace {

/// A file opened with libelf.
class OpenFile {
 public:
  explicit OpenFile(const std::filesystem::path& path)
      : path_(path.string()), descriptor_(open(path_.c_str(), O_RDONLY | O_CLOEXEC)) {
    if (descriptor_.number < 0) fail(std::strerror(errno), "a readable file");
    elf_version(EV_CURRENT);
    elf_.reset(elf_begin(descriptor_.number, ELF_C_READ, nullptr));
    if (!elf_) fail(elf_errmsg(-1), "an ELF file");
  }

  Elf* elf() const { return elf_.get(); }

  [[noreturn]] void fail(std::string_view found, std::string_view expected) const {
    throw std::runtime_error(fmt::format("{}: found {}, expected {}", path_, found, expected));
  }

 private:
  struct Descriptor {
    explicit Descriptor(int value) : number(value) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() {
      if (number >= 0) close(number);
    }
    int number;
  };
  struct End {
    void operator()(Elf* elf) const { elf_end(elf); }
  };

  std::string path_;
  Descriptor descriptor_;
  std::unique_ptr<Elf, End> elf_;  // before the descriptor is closed
};

std::vector<ElfFile::Segment> read_segments(const OpenFile& file) {
  std::vector<ElfFile::Segment> segments;
  std::size_t count = 0;
  std::size_t file_bytes = 0;
  const char* raw = elf_rawfile(file.elf(), &file_bytes);
  if (raw == nullptr || elf_getphdrnum(file.elf(), &count) != 0) file.fail(elf_errmsg(-1), "program headers");
  for (std::size_t i = 0; i < count; ++i) {
    GElf_Phdr header;
    if (gelf_getphdr(file.elf(), static_cast<int>(i), &header) == nullptr) {
      file.fail(elf_errmsg(-1), "a program header");
    }
    if (header.p_type != PT_LOAD || header.p_memsz == 0) continue;
    if (header.p_filesz > header.p_memsz || header.p_offset > file_bytes ||
        header.p_filesz > file_bytes - header.p_offset) {
      file.fail(fmt::format("segment {} beyond the end of the file", i), "a complete file");
    }
    const auto* data = reinterpret_cast<const std::byte*>(raw + header.p_offset);
    segments.push_back({header.p_paddr, {data, data + header.p_filesz}, header.p_memsz});
  }
  if (segments.empty()) file.fail("no loadable segment", "an executable");
  return segments;
}

SymbolTable read_symbols(const OpenFile& file) {
  SymbolTable symbols;
  Elf_Scn* section = nullptr;
  while ((section = elf_nextscn(file.elf(), section)) != nullptr) {
    GElf_Shdr header;
    if (gelf_getshdr(section, &header) == nullptr || header.sh_type != SHT_SYMTAB || header.sh_entsize == 0) {
      continue;
    }
    Elf_Data* data = elf_getdata(section, nullptr);
    if (data == nullptr) continue;
    for (std::size_t i = 0; i < data->d_size / header.sh_entsize; ++i) {
      GElf_Sym symbol;
      if (gelf_getsym(data, static_cast<int>(i), &symbol) == nullptr) break;
      const auto type = GELF_ST_TYPE(symbol.st_info);
      const bool names_a_place = type == STT_FUNC || type == STT_OBJECT || type == STT_NOTYPE;
      const char* name = elf_strptr(file.elf(), header.sh_link, symbol.st_name);
      if (!names_a_place || symbol.st_shndx == SHN_UNDEF || name == nullptr || *name == '\0' ||
          *name == '$') {
        continue;  // '$': the assembler's mapping symbols
      }
      symbols.add(name, symbol.st_value, symbol.st_size);
    }
  }
  return symbols;
}

}  // namespace

void SymbolTable::add(std::string name, std::uint64_t address, std::uint64_t bytes) {
  by_name_.emplace(name, address);
  // Of several names of one address, the one with a size is the function's.
  Symbol& symbol = by_address_[address];
  if (symbol.name.empty() || (symbol.bytes == 0 && bytes > 0)) symbol = {std::move(name), bytes};
}

std::optional<SymbolTable::Place> SymbolTable::find(std::uint64_t address) const {
  auto after = by_address_.upper_bound(address);
  if (after == by_address_.begin()) return std::nullopt;
  const auto& [start, symbol] = *std::prev(after);
  const std::uint64_t offset = address - start;
  if (symbol.bytes > 0 && offset >= symbol.bytes) return std::nullopt;
  return Place{symbol.name, offset};
}

std::optional<std::uint64_t> SymbolTable::address_of(std::string_view name) const {
  const auto found = by_name_.find(name);
  if (found == by_name_.end()) return std::nullopt;
  return found->second;
}

std::string SymbolTable::describe(std::uint64_t address) const {
  const std::optional<Place> place = find(address);
  if (!place) return fmt::format("{:#x}", address);
  if (place->offset == 0) return std::string(place->name);
  return fmt::format("{}+{:#x}", place->name, place->offset);
}

ElfFile ElfFile::read(const std::filesystem::path& path) {
  const OpenFile file(path);
  GElf_Ehdr header;
  if (elf_kind(file.elf()) != ELF_K_ELF || gelf_getehdr(file.elf(), &header) == nullptr) {
    file.fail("another kind of file", "an ELF file");
  }
  if (header.e_machine != EM_RISCV || header.e_ident[EI_CLASS] != ELFCLASS64 ||
      header.e_ident[EI_DATA] != ELFDATA2LSB) {
    file.fail(fmt::format("machine {}, class {}", header.e_machine, header.e_ident[EI_CLASS]),
              "a 64-bit RISC-V executable (machine 243, class 2)");
  }
  if (header.e_type != ET_EXEC) {
    file.fail(fmt::format("an ELF file of type {}", header.e_type), "an executable (type 2)");
  }
  ElfFile result;
  result.entry = header.e_entry;
  result.segments = read_segments(file);
  result.symbols = read_symbols(file);
  return result;
}

}  // namespace prism::rv64
