// SPDX-License-Identifier: MIT
// Plans with one field wrong. As they are handed on, none of them settles: the seal says so. Sealed anew, as if whoever
// made them had made a mistake, they settle only where nothing that a plan promises is broken.
#include <gtest/gtest.h>

#include <trimtab/plan/settle.hpp>

#include "support/basket_worlds.hpp"
#include "support/plan_worlds.hpp"
#include <array>
#include <cstdio>
#include <map>
#include <string>

namespace {

using namespace trimtab;
using enum action;

constexpr std::uint64_t all_ones = ~std::uint64_t{0};

units scaled(units a, std::uint64_t times, std::uint64_t of) {
  const auto n = (static_cast<units::integer>(a.high()) << 64) | a.low();
  const auto r = n / of * times + n % of * times / of;
  return units::from_words(static_cast<std::uint64_t>(r >> 64), static_cast<std::uint64_t>(r));
}

// What a settled plan never breaks, whatever its steps say. @return what is broken; empty when nothing is
template <class W, std::size_t M, class S>
std::string broken(const W& w, const plan<M>& p, const account<>& before, const S& after) {
  if (!after.moved.conserved()) return "conservation";
  if (!(w.health(after.account) >= 1.0) && !(w.health(before) < 1.0)) return "health";
  for (std::size_t t = 0; t < p.token_count; ++t) {
    const asset_id a = p.tokens[t].asset;
    const flow lender = after.moved.of(a, party::lender);
    units due = lender.given;
    if (!(due == units{})) due = *due.add(*due.share_up(w.funding.premium));
    // Two loans of a token in one plan are rounded up one by one.
    if (lender.taken < due) return "the lender's due";
    const holding *was = before.find(a), *is = after.account.find(a);
    const flow own = after.moved.of(a, party::collateral), owes = after.moved.of(a, party::debt);
    if (was == nullptr) {
      for (const flow& f : {own, owes})
        if (!(f.given == units{}) || !(f.taken == units{})) return "an account that has none of it";
      continue;
    }
    const int decimals = p.tokens[t].decimals;
    const double unit = units::smallest(decimals);
    if (!(is->collateral >= 0.0) || !(is->debt >= 0.0)) return "a negative balance";
    const double came = own.taken.to_tokens(decimals) - own.given.to_tokens(decimals);
    const double owed = owes.given.to_tokens(decimals) - owes.taken.to_tokens(decimals);
    const double of_held = 1e-14 * (was->collateral + own.taken.to_tokens(decimals) + own.given.to_tokens(decimals));
    const double of_owed = 1e-14 * (was->debt + owes.taken.to_tokens(decimals) + owes.given.to_tokens(decimals));
    if (!(std::fabs(is->collateral - was->collateral - came) <= unit + of_held)) return "collateral from nowhere";
    if (!(std::fabs(is->debt - was->debt - owed) <= unit + of_owed)) return "debt from nowhere";
  }
  std::vector<units> least(w.venues.size());
  for (const step& s : p)
    if (s.what == swap && s.venue < w.venues.size()) least[s.venue] = *least[s.venue].add(s.min_out);
  for (std::size_t k = 0; k < w.venues.size(); ++k) {
    const auto& v = after.venues[k];
    if (v.out < least[k]) return "a minimum output";
    const double in = v.in.to_tokens(w.venues[k].in_decimals), out = v.out.to_tokens(w.venues[k].out_decimals);
    if (!(out <= w.venues[k].venue.amount_out(in) * (1 + 1e-12))) return "more than the venue pays";
  }
  if (p.deadline < at_unix(1000)) return "the deadline";
  return {};
}

struct tally {
  long tried = 0, corrupted = 0, refused = 0, settled = 0;
  std::map<std::string, std::array<long, 2>> classes{};  // refused, settled
};

template <class W, std::size_t M>
void corrupt_everything(const W& w, const plan<M>& p, const account<>& at, tally& n) {
  const auto honest = w.settle(p, at);
  ASSERT_TRUE(honest.has_value()) << name(honest.error());
  const auto try_it = [&](const plan<M>& q, const std::string& what, bool may_settle = true) {
    if (seal_of(q) == p.seal) {  // the same plan
      ASSERT_EQ(q.count, p.count) << what;
      return;
    }
    ++n.tried;
    ASSERT_EQ(w.settle(q, at).error(), errc::corrupted) << what;
    ++n.corrupted;
    const plan<M> anew = sealed(q);
    const auto after = w.settle(anew, at);
    ++(after.has_value() ? n.settled : n.refused);
    ++n.classes[what][after.has_value() ? 1 : 0];
    if (!after.has_value()) return;
    ASSERT_TRUE(may_settle) << what;
    ASSERT_EQ(broken(w, anew, at, *after), "") << what;
  };
  for (std::uint32_t i = 0; i < p.count; ++i) {
    const step& s = p.steps[i];
    const std::string of =
        std::string(name(s.what)) + (s.meant == quantity::exact ? "" : std::string(" ") + name(s.meant));
    const auto with = [&](const char* what, auto&& change, bool may_settle = true) {
      plan<M> q = p;
      change(q.steps[i]);
      try_it(q, of + ": " + what, may_settle);
    };
    // A repayment's allowance, what a loan's lender may take: more of either takes nothing more.
    const bool loan_back = s.what == flash_repay;
    const units most = units::from_words(all_ones, all_ones);
    with("amount + 1 unit", [](step& x) { x.amount = *x.amount.add(units{1}); });
    with(
        "amount − 1 unit", [](step& x) { x.amount = x.amount == units{} ? units{1} : *x.amount.subtract(units{1}); },
        !loan_back);
    with("amount + 1 %", [](step& x) { x.amount = *x.amount.add(scaled(x.amount, 1, 100)); });
    with(
        "amount − 1 %", [](step& x) { x.amount = *x.amount.subtract(scaled(x.amount, 1, 100)); }, !loan_back);
    with("amount × 2", [](step& x) { x.amount = *x.amount.add(x.amount); });
    with(
        "amount 0", [](step& x) { x.amount = {}; }, false);
    with(
        "amount max", [&](step& x) { x.amount = most; },
        loan_back || s.what == repay || s.what == transfer_in);  // what is too much of these comes back
    with(
        "min_out + 1 unit", [](step& x) { x.min_out = *x.min_out.add(units{1}); }, s.what == swap);
    with(
        "min_out − 1 unit",
        [](step& x) { x.min_out = x.min_out == units{} ? units{1} : *x.min_out.subtract(units{1}); }, s.what == swap);
    with("min_out 0", [](step& x) { x.min_out = {}; });
    with(
        "min_out × 2", [](step& x) { x.min_out = *x.min_out.add(x.min_out); }, false);
    with(
        "min_out max", [&](step& x) { x.min_out = most; }, false);
    for (std::uint32_t t = 0; t < p.token_count; ++t) {
      with("another asset", [&](step& x) { x.asset = p.tokens[t].asset; });
      with(
          "another asset out", [&](step& x) { x.asset_out = p.tokens[t].asset; }, false);
    }
    with(
        "an asset nobody lists", [](step& x) { x.asset = {77}; }, false);
    with(
        "an asset out nobody lists", [](step& x) { x.asset_out = {77}; }, false);
    for (std::uint16_t k = 0; k < w.venues.size() + 2; ++k) {
      // A second listing of the same two assets is as good, if it pays the minimum.
      const bool same_assets =
          s.what == swap && k < w.venues.size() && w.venues[k].in == s.asset && w.venues[k].out == s.asset_out;
      with(
          "another venue", [&](step& x) { x.venue = k; }, same_assets);
    }
    with(
        "a venue nobody lists", [](step& x) { x.venue = 0xffff; }, false);
    for (std::size_t a = 0; a <= action_count; ++a)
      with(
          "another action", [&](step& x) { x.what = static_cast<action>(a); }, a < action_count);
    for (std::size_t k = 0; k <= quantity_count; ++k)
      with(
          "another quantity", [&](step& x) { x.meant = static_cast<quantity>(k); }, k < quantity_count);

    plan<M> dropped = p;
    for (std::uint32_t k = i; k + 1 < p.count; ++k) dropped.steps[k] = p.steps[k + 1];
    --dropped.count;
    try_it(dropped, of + ": left out", s.what != flash_borrow && s.what != flash_repay && s.what != transfer_in);
    if (p.count < M) {
      plan<M> doubled = p;
      for (std::uint32_t k = p.count; k > i; --k) doubled.steps[k] = p.steps[k - 1];
      ++doubled.count;
      try_it(doubled, of + ": twice", !loan_back);
    }
    if (i + 1 < p.count) {
      plan<M> swapped = p;
      swapped.steps[i] = p.steps[i + 1], swapped.steps[i + 1] = p.steps[i];
      try_it(swapped, of + ": after the next");
    }
  }
  const auto with = [&](const char* what, auto&& change, bool may_settle = true) {
    plan<M> q = p;
    change(q);
    try_it(q, std::string("plan: ") + what, may_settle);
  };
  with(
      "the deadline a second before", [](plan<M>& q) { q.deadline = at_unix(999); }, false);
  with(
      "the deadline never", [](plan<M>& q) { q.deadline = never; }, false);
  with("the deadline later", [](plan<M>& q) { q.deadline += seconds{1}; });
  with("no steps", [](plan<M>& q) { q.count = 0; });
  with("a step less", [](plan<M>& q) { --q.count; });
  with(
      "more steps than there is room for", [](plan<M>& q) { q.count = M + 1; }, false);
  with(
      "no tokens", [](plan<M>& q) { q.token_count = 0; }, false);
  with(
      "a token less", [](plan<M>& q) { --q.token_count; }, false);
  with(
      "more tokens than there is room for", [](plan<M>& q) { q.token_count = 9; }, false);
  for (std::uint32_t t = 0; t < p.token_count; ++t) {
    with(
        "another token", [&](plan<M>& q) { q.tokens[t].asset = {77}; }, false);
    with(
        "one token twice", [&](plan<M>& q) { q.tokens[t].asset = q.tokens[(t + 1) % p.token_count].asset; },
        p.token_count == 1);
    bool traded = false;
    for (const step& s : p)
      traded = traded || (s.what == swap && (s.asset == p.tokens[t].asset || s.asset_out == p.tokens[t].asset));
    for (const int by : {-1, 1, 100, -100})
      with(
          "other decimals", [&](plan<M>& q) { q.tokens[t].decimals += by; }, !traded && (by == 1 || by == -1));
  }
  // The seal itself.
  for (int bit = 0; bit < 64; ++bit) {
    plan<M> q = p;
    q.seal ^= std::uint64_t{1} << bit;
    ASSERT_EQ(w.settle(q, at).error(), errc::corrupted);
    ++n.tried, ++n.corrupted;
  }
}

void report(const char* what, const tally& n) {
  std::printf(
      "%s: %ld corrupted plans, all refused as they are; sealed anew %ld refused, %ld settle and break nothing\n", what,
      n.tried, n.refused, n.settled);
  for (const auto& [name, k] : n.classes)
    if (k[1] > 0) std::printf("  %-60s settles %5ld of %5ld\n", name.c_str(), k[1], k[0] + k[1]);
}

TEST(SettleCorruption, OfRemedies) {
  tally n;
  test::random_numbers draw(31);
  for (int i = 0; i < 90; ++i) {
    const auto w = cases::plan_world<>::random(draw);
    auto terms = w.terms();
    for (const auto& [r, venue] : w.remedies()) {
      if (!r.has_value()) continue;
      terms.venue = venue;
      const auto p = make_plan(w.model, w.account, w.prices(), r, terms);
      if (!p.has_value()) continue;
      corrupt_everything(w, *p, w.account, n);
      if (::testing::Test::HasFatalFailure()) return;
    }
  }
  report("remedies", n);
  EXPECT_GT(n.corrupted, 50'000);
  EXPECT_GT(n.settled, 1000);
}

TEST(SettleCorruption, OfBaskets) {
  tally n;
  test::random_numbers draw(32);
  for (int i = 0; i < 120; ++i) {
    const auto w = cases::basket_world::random(draw);
    const auto b = w.sized();
    if (!b.has_value()) continue;
    const auto p = make_plan(w.model, w.account, w.prices(), b, w.routes(), w.terms());
    if (!p.has_value()) continue;
    corrupt_everything(w, *p, w.account, n);
    if (::testing::Test::HasFatalFailure()) return;
  }
  report("baskets", n);
  EXPECT_GT(n.corrupted, 50'000);
}

// Any number of fields at once, any value: a bit flipped, another number, a step from somewhere else.
template <std::size_t M>
void spoil(plan<M>& p, test::random_numbers& draw) {
  step& s = p.steps[draw.below(p.count)];
  const auto flip = [&](units a) {
    const std::uint64_t high = draw.below(2) == 0 ? 0 : std::uint64_t{1} << draw.below(64);
    return units::from_words(a.high() ^ high, a.low() ^ (std::uint64_t{1} << draw.below(64)));
  };
  switch (draw.below(12)) {
    case 0:
      s.amount = flip(s.amount);
      break;
    case 1:
      s.amount = scaled(s.amount, draw.below(2'000'000), 1'000'000);
      break;
    case 2:
      s.min_out = flip(s.min_out);
      break;
    case 3:
      s.min_out = scaled(s.min_out, draw.below(2'000'000), 1'000'000);
      break;
    case 4:
      s.what = static_cast<action>(draw.below(action_count + 1));
      break;
    case 5:
      s.meant = static_cast<quantity>(draw.below(quantity_count + 1));
      break;
    case 6:
      s.asset = p.tokens[draw.below(p.token_count)].asset;
      break;
    case 7:
      s.asset_out = p.tokens[draw.below(p.token_count)].asset;
      break;
    case 8:
      s.venue = static_cast<std::uint16_t>(draw.below(9));
      break;
    case 9:
      std::swap(s, p.steps[draw.below(p.count)]);
      break;
    case 10:
      s = p.steps[draw.below(p.count)];
      break;
    default:
      p.count = static_cast<std::uint32_t>(draw.below(M + 2));
      if (p.count == 0) p.count = 1;
      if (p.count > M) p.count = M;
      break;
  }
}

TEST(SettleCorruption, OfAnythingAtRandom) {
  test::random_numbers draw(33);
  long tried = 0, corrupted = 0, settled = 0;
  std::map<errc, long> why;
  for (int i = 0; i < 230; ++i) {
    const auto w = cases::plan_world<cases::protocol_by_shares>::random(draw);
    auto terms = w.terms();
    for (const auto& [r, venue] : w.remedies()) {
      if (!r.has_value()) continue;
      terms.venue = venue;
      const auto p = make_plan(w.model, w.account, w.prices(), r, terms);
      if (!p.has_value()) continue;
      for (int k = 0; k < 160; ++k) {
        plan<> q = *p;
        for (std::uint64_t times = 1 + draw.below(4); times > 0; --times) spoil(q, draw);
        if (seal_of(q) == p->seal) continue;
        ++tried;
        const auto as_it_is = w.settle(q, w.account);
        ASSERT_EQ(as_it_is.error(), errc::corrupted);
        ++corrupted;
        const plan<> anew = sealed(q);
        const auto after = w.settle(anew, w.account);
        ++why[after.error()];
        if (!after.has_value()) continue;
        ++settled;
        ASSERT_EQ(broken(w, anew, w.account, *after), "");
      }
    }
  }
  std::printf("%ld plans spoiled at random, %ld refused as they are, %ld settle when sealed anew and break nothing;",
              tried, corrupted, settled);
  for (const auto& [e, n] : why) std::printf(" %s %ld", name(e), n);
  std::puts("");
  EXPECT_GT(tried, 100'000);
  EXPECT_EQ(tried, corrupted);
  EXPECT_GT(settled, 1000);
  for (const errc e : {errc::slippage, errc::insufficient_balance, errc::unpaid_flash_loan, errc::unhealthy_step,
                       errc::asset_mismatch, errc::size_mismatch, errc::bad_configuration, errc::dust})
    EXPECT_GT(why[e], 0) << name(e);
}

}  // namespace
