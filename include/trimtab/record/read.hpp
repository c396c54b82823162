// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/record/text.hpp>

namespace trimtab::record {
namespace detail {

/// Reads what it is shown, line by line, and stops at the first thing that is not as `writer` would have written it.
struct reader {
  std::string_view text{};
  std::span<std::byte> memory{};
  path at{};
  std::size_t position = 0;  // of the next line
  refusal error{};

  constexpr void refuse(fault f) noexcept {
    if (error.ok()) error.why = f;
  }
  /// Is there a line for this path in a part of the text that begins at a line?
  static constexpr bool has(std::string_view lines, std::string_view path) noexcept {
    while (!lines.empty()) {
      if (lines.substr(0, path.size()) == path && lines.substr(path.size(), 3) == " = ") return true;
      const auto end = lines.find('\n');
      lines.remove_prefix(end == std::string_view::npos ? lines.size() : end + 1);
    }
    return false;
  }
  /// The next line without its line feed.
  constexpr std::string_view next_line() noexcept {
    ++error.line;
    const auto end = text.find('\n', position);
    if (end == std::string_view::npos) {
      refuse(position == text.size() ? fault::missing_field : fault::malformed);
      return {};
    }
    const auto line = text.substr(position, end - position);
    position = end + 1;
    return line;
  }
  /// The value of the next line, which has to be that of the path.
  constexpr std::string_view next() noexcept {
    if (!error.ok()) return {};
    const std::size_t begin = position;
    const auto line = next_line();
    if (!error.ok()) return {};
    const auto equals = line.find(" = ");
    if (equals == std::string_view::npos) return refuse(fault::malformed), std::string_view{};
    const auto found = line.substr(0, equals);
    if (found != at.view())
      return refuse(has(text.substr(0, begin), found)       ? fault::duplicate_field
                    : has(text.substr(position), at.view()) ? fault::unknown_field
                                                            : fault::missing_field),
             std::string_view{};
    return line.substr(equals + 3);
  }
  template <class T>
  void visit(T& x) noexcept {
    const auto found = next();
    if (!error.ok()) return;
    T read{};
    word again;
    if (!parse(found, read)) return refuse(fault::value);
    put(again, read);
    if (again.view() != found) return refuse(fault::value);  // not in the one way in which it is written
    x = read;
  }
  constexpr void kind(std::string_view k) noexcept {
    const auto found = next();
    if (error.ok() && found != k) refuse(fault::kind);
  }

  /// Elements in the caller's memory.
  template <class E>
  std::span<E> take(std::size_t count) noexcept {
    static_assert(std::is_trivially_copyable_v<E> && std::is_trivially_destructible_v<E>);
    const auto misaligned = reinterpret_cast<std::uintptr_t>(memory.data()) % alignof(E);
    const std::size_t skip = misaligned == 0 ? 0 : alignof(E) - misaligned;
    if (count == 0) return {};
    if (skip > memory.size() || count > (memory.size() - skip) / sizeof(E))
      return refuse(fault::capacity), std::span<E>{};
    std::byte* const begin = memory.data() + skip;
    memory = memory.subspan(skip + count * sizeof(E));
    E* first = nullptr;
    for (std::size_t i = 0; i < count; ++i) {
      E* const here = ::new (static_cast<void*>(begin + i * sizeof(E))) E{};
      if (i == 0) first = here;
    }
    return {first, count};
  }
  template <class E>
  void list(std::span<const E>& elements) noexcept {
    elements = read_list<E>();
  }
  void list(oracle_prices<double>& prices) noexcept { prices = oracle_prices<double>{read_list<double>()}; }
  template <std::size_t N>
  void list(account<N>& a) noexcept {
    std::size_t count = 0;
    visit(count);
    if (count > N) return refuse(fault::capacity);
    a = {};
    for (std::size_t i = 0; i < count && error.ok(); ++i) {
      holding h{};
      at.in(i, [&] { walk(*this, h); });
      if (error.ok() && a.add(h) != errc::ok) refuse(fault::value);  // an asset twice
    }
  }
  template <class... T>
  void choice(std::variant<T...>& chosen) noexcept {
    std::size_t index = 0;
    at.in("choice", [&] { visit(index); });
    if (error.ok() && index >= sizeof...(T)) refuse(fault::value);
    const auto take_one = [&]<std::size_t I>(std::integral_constant<std::size_t, I>) {
      if (I == index && error.ok()) walk(*this, chosen.template emplace<I>());
    };
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      (take_one(std::integral_constant<std::size_t, I>{}), ...);
    }
    (std::index_sequence_for<T...>{});
  }

private:
  template <class E>
  std::span<const E> read_list() noexcept {
    std::size_t count = 0;
    visit(count);
    if (!error.ok()) return {};
    const auto elements = take<E>(count);
    for (std::size_t i = 0; i < elements.size() && error.ok(); ++i) at.in(i, [&] { walk(*this, elements[i]); });
    return elements;
  }
};

}  // namespace detail

/// @brief Reads a value back from its text form, bit for bit.
///
/// Only what `to_text` writes is read: other orders, spaces or spellings of a number are refused, so that the text that
/// was read is the text of the value.
/// @param name   as given to `to_text`
/// @param value  read into; of a refused text it is left as it was
/// @param memory what spans in the value (prices, feeds, reserves, pieces of a curve) are read into; the value looks
///               into it afterwards. As many bytes as the text has are always enough
/// @return       the fault and its line; `ok()` when there is none
/// @cost         linear in the text; no allocation
template <class T>
refusal from_text(std::string_view text, std::string_view name, T& value, std::span<std::byte> memory = {}) noexcept {
  detail::reader r{.text = text, .memory = memory};
  const auto first = r.next_line();
  if (!r.error.ok() || first != version_line) return {fault::version, 1};
  T read = value;
  r.at.in(name, [&] { detail::walk(r, read); });
  if (r.at.too_long) r.refuse(fault::capacity);
  if (r.error.ok() && r.position != text.size()) {
    const std::size_t begin = r.position;
    const auto line = r.next_line();
    const auto equals = line.find(" = ");
    const bool before = r.error.ok() && equals != std::string_view::npos &&
                        detail::reader::has(text.substr(0, begin), line.substr(0, equals));
    r.error.why = before ? fault::duplicate_field : fault::trailing;
  }
  if (!r.error.ok()) return r.error;
  value = read;
  return {};
}

}  // namespace trimtab::record
