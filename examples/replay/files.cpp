// SPDX-License-Identifier: MIT
#include "files.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

namespace replay {

namespace {

[[noreturn]] void fail(const std::string& path, const char* what) {
  throw user_error(path + ": " + what + ": " + std::strerror(errno));
}

}  // namespace

std::string read_file(const std::string& path) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) throw user_error(path + ": is a directory");
  std::FILE* file = std::fopen(path.c_str(), "rb");
  if (file == nullptr) fail(path, "cannot open");
  std::string text;
  char buffer[1 << 16];
  std::size_t got = 0;
  while ((got = std::fread(buffer, 1, sizeof buffer, file)) > 0) text.append(buffer, got);
  const bool bad = std::ferror(file) != 0;
  std::fclose(file);
  if (bad) fail(path, "cannot read");
  return text;
}

whole_file::whole_file(std::string path) : path_(std::move(path)), temporary_(path_ + ".part") {
  file_ = std::fopen(temporary_.c_str(), "wb");
  if (file_ == nullptr) fail(path_, "cannot write");
}

whole_file::~whole_file() {
  if (file_ == nullptr) return;
  std::fclose(file_);
  std::error_code ignored;
  std::filesystem::remove(temporary_, ignored);
}

void whole_file::write(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), file_) != text.size()) fail(path_, "cannot write");
}

void whole_file::commit() {
  const bool flushed = std::fclose(std::exchange(file_, nullptr)) == 0;
  std::error_code error;
  if (flushed) std::filesystem::rename(temporary_, path_, error);
  if (flushed && !error) return;
  std::error_code ignored;
  std::filesystem::remove(temporary_, ignored);
  throw user_error(path_ + ": cannot write" + (error ? ": " + error.message() : ""));
}

}  // namespace replay
