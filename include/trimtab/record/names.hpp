// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace trimtab::record {

/// @brief The fields of a type by name, in the order in which they are declared: all that a part needs to have a text
/// form (text.hpp).
///
///     template <> inline constexpr std::string_view trimtab::record::names<my_guard> = "my_guard: limit window";
///
/// One word a field; a number of words that is not the number of fields does not compile, so that no field is ever left
/// out. What stands before a colon is written as the kind of the part, so that one guard is never read as another with
/// the same fields. Of an enumeration, the words are the enumerators from 0 up. "=" is a type of one field that is
/// written as that field alone: an id, a number with a unit. The fields must be public.
template <class T>
inline constexpr std::string_view names{};

namespace detail {

constexpr std::string_view kind_of(std::string_view all) noexcept {
  const auto colon = all.find(':');
  return colon == std::string_view::npos ? std::string_view{} : all.substr(0, colon);
}
constexpr std::size_t count_words(std::string_view s) noexcept {
  std::size_t count = 0;
  for (std::size_t i = 0; i < s.size(); ++i) count += s[i] != ' ' && (i == 0 || s[i - 1] == ' ') ? 1U : 0U;
  return count;
}
/// The names of T after its kind.
template <class T>
inline constexpr std::string_view names_after_kind = kind_of(names<T>).empty()
                                                         ? names<T>
                                                         : names<T>.substr(kind_of(names<T>).size() + 1);

template <std::size_t N>
constexpr std::array<std::string_view, N> split(std::string_view s) noexcept {
  std::array<std::string_view, N> words{};
  for (auto& word : words) {
    s.remove_prefix(s.find_first_not_of(' '));
    const auto end = s.find(' ');
    word = s.substr(0, end);
    s.remove_prefix(word.size());
  }
  return words;
}
template <class T>
inline constexpr auto words_of = split<count_words(names_after_kind<T>)>(names_after_kind<T>);

/// Calls visit(i, field i) for the N fields of a value. @pre T has N of them, else it does not compile
template <std::size_t N, class T, class F>
constexpr void visit_fields(T& t, F&& visit) {
  const auto show = [&](auto&... field) {
    std::size_t i = 0;
    (visit(i++, field), ...);
  };
  static_assert(N <= 40, "a type of more than 40 fields: group them");
  if constexpr (N == 1) {
    auto& [a] = t;
    show(a);
  }
  if constexpr (N == 2) {
    auto& [a, b] = t;
    show(a, b);
  }
  if constexpr (N == 3) {
    auto& [a, b, c] = t;
    show(a, b, c);
  }
  if constexpr (N == 4) {
    auto& [a, b, c, d] = t;
    show(a, b, c, d);
  }
  if constexpr (N == 5) {
    auto& [a, b, c, d, e] = t;
    show(a, b, c, d, e);
  }
  if constexpr (N == 6) {
    auto& [a, b, c, d, e, f] = t;
    show(a, b, c, d, e, f);
  }
  if constexpr (N == 7) {
    auto& [a, b, c, d, e, f, g] = t;
    show(a, b, c, d, e, f, g);
  }
  if constexpr (N == 8) {
    auto& [a, b, c, d, e, f, g, h] = t;
    show(a, b, c, d, e, f, g, h);
  }
  if constexpr (N == 9) {
    auto& [a, b, c, d, e, f, g, h, i] = t;
    show(a, b, c, d, e, f, g, h, i);
  }
  if constexpr (N == 10) {
    auto& [a, b, c, d, e, f, g, h, i, j] = t;
    show(a, b, c, d, e, f, g, h, i, j);
  }
  if constexpr (N == 11) {
    auto& [a, b, c, d, e, f, g, h, i, j, k] = t;
    show(a, b, c, d, e, f, g, h, i, j, k);
  }
  if constexpr (N == 12) {
    auto& [a, b, c, d, e, f, g, h, i, j, k, l] = t;
    show(a, b, c, d, e, f, g, h, i, j, k, l);
  }
  if constexpr (N == 13) {
    auto& [a, b, c, d, e, f, g, h, i, j, k, l, m] = t;
    show(a, b, c, d, e, f, g, h, i, j, k, l, m);
  }
  if constexpr (N == 14) {
    auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n] = t;
    show(a, b, c, d, e, f, g, h, i, j, k, l, m, n);
  }
  if constexpr (N == 15) {
    auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o] = t;
    show(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o);
  }
  if constexpr (N == 16) {
    auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p] = t;
    show(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p);
  }
  if constexpr (N == 17) {
    auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q] = t;
    show(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q);
  }
  if constexpr (N == 18) {
    auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r] = t;
    show(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r);
  }
  if constexpr (N == 19) {
    auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s] = t;
    show(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s);
  }
  if constexpr (N == 20) {
    auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, u] = t;
    show(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, u);
  }
  if constexpr (N == 21) {
    auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, u, v] = t;
    show(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, u, v);
  }
  if constexpr (N == 22) {
    auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, u, v, w] = t;
    show(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, u, v, w);
  }
  if constexpr (N == 23) {
    auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, u, v, w, x] = t;
    show(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, u, v, w, x);
  }
  if constexpr (N == 24) {
    auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, u, v, w, x, y] = t;
    show(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, u, v, w, x, y);
  }
  if constexpr (N == 25) {
    auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, u, v, w, x, y, z] = t;
    show(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, u, v, w, x, y, z);
  }
  if constexpr (N == 26) {
    auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, u, v, w, x, y, z, aa] = t;
    show(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, u, v, w, x, y, z, aa);
  }
  if constexpr (N == 27) {
    auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, u, v, w, x, y, z, aa, ab] = t;
    show(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, u, v, w, x, y, z, aa, ab);
  }
  if constexpr (N == 28) {
    auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, u, v, w, x, y, z, aa, ab, ac] = t;
    show(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, u, v, w, x, y, z, aa, ab, ac);
  }
  if constexpr (N == 29) {
    auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, u, v, w, x, y, z, aa, ab, ac, ad] = t;
    show(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, u, v, w, x, y, z, aa, ab, ac, ad);
  }
  if constexpr (N == 30) {
    auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, u, v, w, x, y, z, aa, ab, ac, ad, ae] = t;
    show(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, u, v, w, x, y, z, aa, ab, ac, ad, ae);
  }
  if constexpr (N == 31) {
    auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, u, v, w, x, y, z, aa, ab, ac, ad, ae, af] = t;
    show(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, u, v, w, x, y, z, aa, ab, ac, ad, ae, af);
  }
  if constexpr (N == 32) {
    auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, u, v, w, x, y, z, aa, ab, ac, ad, ae, af, ag] = t;
    show(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, u, v, w, x, y, z, aa, ab, ac, ad, ae, af, ag);
  }
  if constexpr (N == 33) {
    auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, u, v, w, x, y, z, aa, ab, ac, ad, ae, af, ag, ah] =
        t;
    show(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, u, v, w, x, y, z, aa, ab, ac, ad, ae, af, ag, ah);
  }
  if constexpr (N == 34) {
    auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, u, v, w, x, y, z, aa, ab, ac, ad, ae, af, ag, ah,
           ai] = t;
    show(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, u, v, w, x, y, z, aa, ab, ac, ad, ae, af, ag, ah, ai);
  }
  if constexpr (N == 35) {
    auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, u, v, w, x, y, z, aa, ab, ac, ad, ae, af, ag, ah,
           ai, aj] = t;
    show(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, u, v, w, x, y, z, aa, ab, ac, ad, ae, af, ag, ah, ai,
         aj);
  }
  if constexpr (N == 36) {
    auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, u, v, w, x, y, z, aa, ab, ac, ad, ae, af, ag, ah,
           ai, aj, ak] = t;
    show(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, u, v, w, x, y, z, aa, ab, ac, ad, ae, af, ag, ah, ai,
         aj, ak);
  }
  if constexpr (N == 37) {
    auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, u, v, w, x, y, z, aa, ab, ac, ad, ae, af, ag, ah,
           ai, aj, ak, al] = t;
    show(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, u, v, w, x, y, z, aa, ab, ac, ad, ae, af, ag, ah, ai,
         aj, ak, al);
  }
  if constexpr (N == 38) {
    auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, u, v, w, x, y, z, aa, ab, ac, ad, ae, af, ag, ah,
           ai, aj, ak, al, am] = t;
    show(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, u, v, w, x, y, z, aa, ab, ac, ad, ae, af, ag, ah, ai,
         aj, ak, al, am);
  }
  if constexpr (N == 39) {
    auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, u, v, w, x, y, z, aa, ab, ac, ad, ae, af, ag, ah,
           ai, aj, ak, al, am, an] = t;
    show(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, u, v, w, x, y, z, aa, ab, ac, ad, ae, af, ag, ah, ai,
         aj, ak, al, am, an);
  }
  if constexpr (N == 40) {
    auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, u, v, w, x, y, z, aa, ab, ac, ad, ae, af, ag, ah,
           ai, aj, ak, al, am, an, ao] = t;
    show(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, u, v, w, x, y, z, aa, ab, ac, ad, ae, af, ag, ah, ai,
         aj, ak, al, am, an, ao);
  }
}

}  // namespace detail
}  // namespace trimtab::record
