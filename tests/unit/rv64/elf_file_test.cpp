// SPDX-License-Identifier: Apache-2.0
#include "models/cpu/rv64/elf_file.h"

#include <elf.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

#include "tests/support/temporary_folder.h"

namespace prism::rv64 {
namespace {

/// An executable with one segment of 8 bytes, made by hand.
struct Image {
  Elf64_Ehdr header{};
  Elf64_Phdr segment{};
  char data[8] = {1, 2, 3, 4, 5, 6, 7, 8};

  Image() {
    std::memcpy(header.e_ident, ELFMAG, SELFMAG);
    header.e_ident[EI_CLASS] = ELFCLASS64;
    header.e_ident[EI_DATA] = ELFDATA2LSB;
    header.e_ident[EI_VERSION] = EV_CURRENT;
    header.e_type = ET_EXEC;
    header.e_machine = EM_RISCV;
    header.e_version = EV_CURRENT;
    header.e_entry = 0x80000004;
    header.e_phoff = sizeof header;
    header.e_ehsize = sizeof header;
    header.e_phentsize = sizeof segment;
    header.e_phnum = 1;
    segment.p_type = PT_LOAD;
    segment.p_offset = sizeof header + sizeof segment;
    segment.p_vaddr = 0x1000;
    segment.p_paddr = 0x80000000;
    segment.p_filesz = sizeof data;
    segment.p_memsz = 100;
  }
};

class Elf : public testing::Test {
 protected:
  std::filesystem::path write(const void* bytes, std::size_t count) {
    std::filesystem::path path = folder_.path() / "program.elf";
    std::ofstream(path, std::ios::binary)
        .write(static_cast<const char*>(bytes), static_cast<std::streamsize>(count));
    return path;
  }
  std::string error(const Image& image) {
    try {
      ElfFile::read(write(&image, sizeof image));
    } catch (const std::runtime_error& problem) {
      return problem.what();
    }
    return "";
  }

  test::TemporaryFolder folder_;
};

TEST_F(Elf, ReadsEntryAndSegments) {
  const Image image;
  const ElfFile elf = ElfFile::read(write(&image, sizeof image));
  EXPECT_EQ(elf.entry, 0x80000004u);
  ASSERT_EQ(elf.segments.size(), 1u);
  EXPECT_EQ(elf.segments[0].address, 0x80000000u);
  EXPECT_EQ(elf.segments[0].memory_bytes, 100u);
  ASSERT_EQ(elf.segments[0].data.size(), 8u);
  EXPECT_EQ(elf.segments[0].data[7], std::byte{8});
}

TEST_F(Elf, MistakesNameTheFileAndWhatWasExpected) {
  Image image;
  image.header.e_machine = EM_X86_64;
  EXPECT_THAT(error(image),
              testing::HasSubstr("program.elf: found machine 62, class 2, expected a 64-bit RISC-V"));
  image = {};
  image.header.e_type = ET_REL;
  EXPECT_THAT(error(image), testing::HasSubstr("found an ELF file of type 1, expected an executable"));
  image = {};
  image.segment.p_filesz = 9;
  EXPECT_THAT(error(image), testing::HasSubstr("found segment 0 beyond the end of the file"));
  image = {};
  image.segment.p_type = PT_NOTE;
  EXPECT_THAT(error(image), testing::HasSubstr("found no loadable segment"));
  image = {};
  image.header.e_phoff = 1u << 20;
  EXPECT_THAT(error(image), testing::HasSubstr("program.elf: found "));
  EXPECT_THROW(ElfFile::read(folder_.path() / "absent.elf"), std::runtime_error);
  EXPECT_THROW(ElfFile::read(write("hello, world", 12)), std::runtime_error);
  EXPECT_THROW(ElfFile::read(write("", 0)), std::runtime_error);
}

TEST_F(Elf, DamagedFilesAreReadOrRefused) {
  for (std::size_t i = 0; i < 8 * sizeof(Image); i += 7) {
    Image image;
    reinterpret_cast<unsigned char*>(&image)[i / 8] ^= static_cast<unsigned char>(1u << i % 8);
    error(image);  // no crash
  }
  const Image image;
  for (std::size_t length = 0; length < sizeof image; length += 5) {
    EXPECT_THROW(ElfFile::read(write(&image, length)), std::runtime_error) << length;
  }
}

TEST(Symbols, FindAndDescribe) {
  SymbolTable symbols;
  symbols.add("start", 0x100, 0x10);
  symbols.add("label", 0x200, 0);
  symbols.add("alias", 0x100, 0);
  EXPECT_EQ(symbols.describe(0x100), "start");
  EXPECT_EQ(symbols.describe(0x10f), "start+0xf");
  EXPECT_EQ(symbols.describe(0x110), "0x110");
  EXPECT_EQ(symbols.describe(0x9999), "label+0x9799");
  EXPECT_EQ(symbols.describe(0xff), "0xff");
  EXPECT_EQ(symbols.address_of("alias"), 0x100u);
  EXPECT_EQ(symbols.address_of("absent"), std::nullopt);
}

}  // namespace
}  // namespace prism::rv64
