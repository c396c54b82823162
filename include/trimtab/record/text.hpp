// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/pack.hpp>
#include <trimtab/core/result.hpp>
#include <trimtab/market/account.hpp>
#include <trimtab/market/price.hpp>
#include <trimtab/record/word.hpp>

#include <new>
#include <span>
#include <utility>
#include <variant>

namespace trimtab::record {

/// What every record begins with. A change of the form, or of the fields of a part, is another version or another path:
/// an old record is refused, never misread.
inline constexpr std::string_view version_line = "trimtab-record 1";

/// Why a text was refused.
enum class fault : std::uint8_t {
  none,
  version,          ///< the first line is not this version's
  malformed,        ///< a line that is not `path = value` and a line feed
  unknown_field,    ///< a field that is not expected here; the expected one comes later
  missing_field,    ///< the expected field is nowhere
  duplicate_field,  ///< a field that was there before
  kind,             ///< the part is of another kind than the one read into
  value,            ///< no value of the field's type, or not in the one way in which it is written
  trailing,         ///< goes on behind its last field
  capacity,         ///< more elements than the array, the account or the memory holds; a path that is too long
};
template <>
inline constexpr std::string_view names<fault> =
    "none version malformed unknown_field missing_field duplicate_field kind value trailing capacity";

constexpr const char* name(fault f) noexcept {
  constexpr const char* words[] = {"none", "version", "malformed", "unknown_field", "missing_field", "duplicate_field",
                                   "kind", "value",   "trailing",  "capacity"};
  return words[static_cast<std::size_t>(f)];
}

/// Where a text was refused, lines counted from 1.
struct refusal {
  fault why = fault::none;
  std::size_t line = 0;
  [[nodiscard]] constexpr bool ok() const noexcept { return why == fault::none; }
};

namespace detail {

/// "decision.state.guards.0": names joined by dots.
struct path {
  static constexpr std::size_t capacity = 256;
  std::array<char, capacity> text{};
  std::size_t size = 0;
  bool too_long = false;

  [[nodiscard]] constexpr std::string_view view() const noexcept { return {text.data(), size}; }
  /// Calls inside() with one more name on the path.
  template <class F>
  void in(std::string_view name, F&& inside) noexcept {
    const std::size_t before = size, dot = size > 0 ? 1U : 0U;
    if (size + dot + name.size() > capacity) {
      too_long = true;
    } else {
      if (dot != 0) text[size++] = '.';
      for (const char c : name) text[size++] = c;
      inside();
    }
    size = before;
  }
  template <class F>
  void in(std::size_t i, F&& inside) noexcept {
    word number;
    put(number, i);
    in(number.view(), inside);
  }
};

template <class T>
inline constexpr bool is_list = false;  // of a length of its own
template <std::size_t N>
inline constexpr bool is_list<account<N>> = true;
template <class T>
inline constexpr bool is_list<oracle_prices<T>> = true;
template <class T>
inline constexpr bool is_list<std::span<const T>> = true;

template <class T>
inline constexpr bool is_pack = false;
template <class... T>
inline constexpr bool is_pack<pack<T...>> = true;
template <class T>
inline constexpr bool is_array = false;
template <class T, std::size_t N>
inline constexpr bool is_array<std::array<T, N>> = true;

template <class T>
inline constexpr bool is_variant = false;
template <class... T>
inline constexpr bool is_variant<std::variant<T...>> = true;

/// Shows an archive every word of a value, in order, under its path.
template <class A, class T>
void walk(A& archive, T& value) noexcept {
  using bare = std::remove_const_t<T>;
  if constexpr (Word<bare>) {
    archive.visit(value);
  } else if constexpr (names<bare> == "=") {
    visit_fields<1>(value, [&](std::size_t, auto& field) { walk(archive, field); });
  } else if constexpr (is_list<bare>) {
    archive.list(value);
  } else if constexpr (is_variant<bare>) {
    archive.choice(value);
  } else if constexpr (is_array<bare>) {
    for (std::size_t i = 0; i < value.size(); ++i) archive.at.in(i, [&] { walk(archive, value[i]); });
  } else if constexpr (is_pack<bare>) {
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      (archive.at.in(I, [&] { walk(archive, get<I>(value)); }), ...);
    }
    (std::make_index_sequence<bare::size>{});
  } else if constexpr (!names<bare>.empty()) {
    if constexpr (!kind_of(names<bare>).empty()) archive.kind(kind_of(names<bare>));
    constexpr auto& words = words_of<bare>;
    if constexpr (words.size() > 0)
      visit_fields<words.size()>(
          value, [&](std::size_t i, auto& field) { archive.at.in(words[i], [&] { walk(archive, field); }); });
  } else {
    static_assert(std::is_empty_v<bare>, "has no text form: name its fields in trimtab::record::names");
  }
}

/// Writes what it is shown: into the caller's buffer as far as that goes, and into the hash.
struct writer {
  std::span<char> out{};
  path at{};
  std::size_t size = 0;
  std::uint64_t hash = 0xcbf29ce484222325U;

  void put(std::string_view s) noexcept {
    for (const char c : s) {
      if (size < out.size()) out[size] = c;
      ++size;
      hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
    }
  }
  void line(std::string_view value) noexcept {
    put(at.view());
    put(" = ");
    put(value);
    put("\n");
  }
  template <class T>
  void visit(const T& x) noexcept {
    word w;
    detail::put(w, x);
    line(w.view());
  }
  void kind(std::string_view k) noexcept { line(k); }
  template <class T>
  void list(const T& elements) noexcept {
    visit(elements.size());
    for (std::size_t i = 0; i < elements.size(); ++i)
      at.in(i, [&] {
        if constexpr (requires { elements[price_slot{}]; }) {
          visit(elements[price_slot{static_cast<std::uint16_t>(i)}].value);
        } else {
          walk(*this, elements[i]);
        }
      });
  }
  template <class... T>
  void choice(const std::variant<T...>& chosen) noexcept {
    at.in("choice", [&] { visit(chosen.index()); });
    const auto show = [&](const auto* alternative) {
      if (alternative != nullptr) walk(*this, *alternative);
    };
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      (show(std::get_if<I>(&chosen)), ...);
    }
    (std::index_sequence_for<T...>{});
  }
  template <class T>
  void whole(std::string_view name, const T& value) noexcept {
    put(version_line);
    put("\n");
    at.in(name, [&] { walk(*this, value); });
  }
};

}  // namespace detail

/// @brief The bytes that the text form of a value takes. @cost as `to_text`
template <class T>
std::size_t text_size(std::string_view name, const T& value) noexcept {
  detail::writer w;
  w.whole(name, value);
  return w.size;
}

/// @brief The text form of a value: a version line, then one line a word, `path = value`, paths and their order fixed
/// by the type. Canonical: two values have the same text exactly when they are the same bit for bit, NaNs included.
/// @param name what the value is called, the first word of every path
/// @param out  the caller's buffer; `text_size` says how much it takes, or ask twice
/// @return     what was written into it
/// @errors     capacity (the buffer is too small, or a path longer than 256 characters)
/// @cost       linear in the text; no allocation
template <class T>
result<std::string_view> to_text(std::string_view name, const T& value, std::span<char> out) noexcept {
  detail::writer w{.out = out};
  w.whole(name, value);
  if (w.size > out.size() || w.at.too_long) return errc::capacity;
  return std::string_view{out.data(), w.size};
}

/// @brief A hash of bytes: FNV-1a, 64 bits. To find equal records and notice changed ones; it resists no forger.
/// @source Fowler, Noll and Vo, The FNV Non-Cryptographic Hash Algorithm (IETF draft), §2
constexpr std::uint64_t hash_of(std::string_view text) noexcept {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  return hash;
}
/// The hash of a value's text form, without a buffer for it.
template <class T>
std::uint64_t hash_of(std::string_view name, const T& value) noexcept {
  detail::writer w;
  w.whole(name, value);
  return w.hash;
}

}  // namespace trimtab::record
