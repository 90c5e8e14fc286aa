// A small stand-in for the server, for looking at screens and for browser tests of the front end alone.
// It speaks the shapes of the API, knows invented children only, and forgets everything when it stops.
//   node test/mock-server.mjs [port]    (signs in: amina, chantal, esther; password "Nour-2026")
import { createServer } from "node:http";
import { randomUUID } from "node:crypto";

const PORT = Number(process.argv[2] ?? 8000);
const PASSWORD = "Nour-2026";
const uuid = (n) => `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`;
const both = (en, ar) => ({ en, ar });
const option = (id, en, ar) => ({ id, display_text: both(en, ar), disabled: false });

const people = {
  amina: { id: 12, user_name: "amina", full_name: "Amina Haddad", is_manager: false, actions: ["read", "create", "write", "flag", "close", "reopen", "change_log"] },
  chantal: { id: 13, user_name: "chantal", full_name: "Chantal Okoro", is_manager: true, actions: ["read", "write", "flag", "close", "reopen", "change_log", "access_log", "enable_disable_record"] },
  esther: { id: 14, user_name: "esther", full_name: "Esther Lindqvist", is_manager: false, actions: [] },
};

const lookups = [
  { unique_id: "lookup-case-status", name: both("Case status", "حالة الملف"), values: [option("open", "Open", "مفتوحة"), option("closed", "Closed", "مغلقة"), option("transferred", "Transferred", "منقولة")] },
  { unique_id: "lookup-gender", name: both("Sex", "الجنس"), values: [option("female", "Female", "أنثى"), option("male", "Male", "ذكر")] },
  { unique_id: "lookup-risk-level", name: both("Risk level", "مستوى الخطورة"), values: [option("high", "High", "عالية"), option("medium", "Medium", "متوسطة"), option("low", "Low", "منخفضة")] },
  { unique_id: "lookup-protection-concerns", name: both("Protection concerns", "شواغل الحماية"), values: [option("separated", "Separated child", "طفل منفصل عن ذويه"), option("child_labour", "Child labour", "عمل الأطفال"), option("neglect", "Neglect", "إهمال"), option("out_of_school", "Out of school", "خارج المدرسة")] },
  { unique_id: "lookup-form-group-cp-case", name: both("Form groups", "مجموعات الاستمارات"), values: [option("identification_registration", "Identification / Registration", "تحديد الهوية والتسجيل")] },
];
const field = (id, name, type, en, ar, more = {}) => ({ id, name, type, visible: true, display_name: both(en, ar), help_text: both("", ""), guiding_questions: both("", ""), order: id, ...more });
const forms = [
  {
    id: 4, unique_id: "basic_identity", name: both("Basic identity", "الهوية الأساسية"), parent_form: "case", visible: true, order: 1, order_form_group: 1, form_group_id: "identification_registration", is_nested: false, is_first_tab: true, module_ids: ["primeromodule-cp"],
    fields: [
      field(1, "name_first", "text_field", "First name", "الاسم الأول", { required: true }),
      field(2, "name_last", "text_field", "Family name", "اسم العائلة"),
      field(3, "sex", "select_box", "Sex", "الجنس", { option_strings_source: "lookup lookup-gender", required: true }),
      field(4, "age", "numeric_field", "Age", "العمر"),
      field(5, "date_of_birth", "date_field", "Date of birth", "تاريخ الميلاد", { date_validation: "not_future_date" }),
      field(6, "risk_level", "radio_button", "Risk level", "مستوى الخطورة", { option_strings_source: "lookup lookup-risk-level" }),
      field(7, "protection_concerns", "select_box", "Protection concerns", "شواغل الحماية", { option_strings_source: "lookup lookup-protection-concerns", multi_select: true }),
      field(8, "status", "select_box", "Status", "الحالة", { option_strings_source: "lookup lookup-case-status", disabled: true }),
      field(9, "registration_date", "date_field", "Registration date", "تاريخ التسجيل"),
      field(10, "description", "textarea", "What happened", "ماذا حدث", { guiding_questions: both("Use the child's own words.", "استخدم كلمات الطفل نفسها.") }),
    ],
  },
];
const settings = {
  primary_age_range: "primero", age_ranges: { primero: ["0 - 5", "6 - 11", "12 - 17", "18+"] }, agencies: [{ unique_id: "agency-a", name: both("Agency A", "الوكالة أ") }],
  modules: [{ unique_id: "primeromodule-cp", name: "CP", associated_record_types: ["case"], workflows: { case: [option("new", "New", "جديدة"), option("assessment", "Assessment", "تقييم"), option("case_plan", "Case plan", "خطة الحالة"), option("service_provision", "Service provision", "تقديم الخدمات"), option("closed", "Closed", "مغلقة")] }, options: {}, module_options: {} }],
};

const NAMES = ["Noor Haddad", "Sami Karim", "Leila Mansour", "نور الدين حمدي", "Amal Said", "Yusuf Ali", "مريم خالد", "Grace Achieng", "Thi Thuy Nguyen", "Ibrahim Jallow", "Zahra Rahimi", "*******"];
const cases = new Map();
for (let n = 1; n <= 47; n += 1) {
  const id = uuid(n);
  const made = new Date(Date.now() - n * 37e5 * (n % 5 === 0 ? 40 : 3)).toISOString();
  cases.set(id, {
    revision: 1,
    data: {
      id, enabled: true, case_id_display: `a${String(1000 + n)}f${String(n % 10)}`, short_id: id.slice(-7), module_id: "primeromodule-cp", name: NAMES[n % NAMES.length], hidden_name: n % NAMES.length === 11, age: (n * 7) % 18, sex: n % 2 ? "female" : "male",
      status: n % 9 === 0 ? "closed" : "open", record_state: true, workflow: ["new", "assessment", "case_plan", "service_provision"][n % 4], risk_level: ["high", "medium", "low", null][n % 4] ?? undefined, protection_concerns: [["separated"], ["child_labour", "out_of_school"], ["neglect"]][n % 3],
      owned_by: n % 4 === 0 ? "bilal" : "amina", registration_date: made.slice(0, 10), created_at: made, last_updated_at: made, flag_count: n % 7 === 0 ? 2 : 0, alert_count: 0, record_in_scope: n !== 9,
    },
  });
}

const sessions = new Map();
const answered = new Map();
const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

function search(body, person) {
  let rows = [...cases.values()].map((one) => one.data);
  for (const [name, wanted] of Object.entries(body)) {
    if (["query", "phonetic", "id_search", "phone_number", "fields", "page", "per", "order_by", "order"].includes(name)) continue;
    if (name === "flagged") rows = rows.filter((row) => row.flag_count > 0);
    else if (name === "age") rows = rows.filter((row) => [wanted].flat().some((range) => { const [from, to] = range.split("..").map(Number); return row.age >= from && row.age <= to; }));
    else rows = rows.filter((row) => [wanted].flat().some((value) => [row[name]].flat().includes(value)));
  }
  if (body.query) rows = rows.filter((row) => fold(`${row.name} ${row.case_id_display} ${row.short_id}`).includes(fold(body.query)));
  if (!person.is_manager) rows = rows.filter((row) => row.owned_by === person.user_name || body.query);
  const key = body.order_by ?? "created_at";
  rows.sort((a, b) => (a[key] < b[key] ? -1 : 1) * (body.order === "asc" ? 1 : -1));
  const per = body.per ?? 20;
  const page = body.page ?? 1;
  return { data: rows.slice((page - 1) * per, page * per), metadata: { total: rows.length, per, page } };
}

const server = createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = chunks.length ? JSON.parse(Buffer.concat(chunks).toString()) : {};
  const url = new URL(request.url, "http://x");
  const path = url.pathname.replace(/\/+/g, "/");
  const cookies = Object.fromEntries((request.headers.cookie ?? "").split("; ").map((part) => part.split("=")));
  const person = people[sessions.get(cookies._app_session)];
  const set = [];
  if (!cookies["CSRF-TOKEN"]) set.push(`CSRF-TOKEN=${randomUUID()}; Path=/; SameSite=Strict`);
  const answer = (status, value, headers = {}) => {
    response.writeHead(status, { "Content-Type": "application/json", "Cache-Control": "no-store", "Set-Cookie": set, ...headers });
    response.end(value === null ? "" : JSON.stringify(value));
  };
  const refuse = (status, code, message, more = {}) => answer(status, { ...(status === 401 ? { error: message } : {}), errors: [{ status, resource: path, message, code, params: {}, ...more }] });

  if (path === "/api/v2/primero") return answer(200, { data: { sandbox_ui: true, locales: ["en", "ar"], config_ui: "full" } });
  if (request.method !== "GET" && request.headers["x-csrf-token"] !== cookies["CSRF-TOKEN"]) return refuse(403, "csrf", "CSRF");
  if (path === "/api/v2/tokens" && request.method === "DELETE") {
    sessions.delete(cookies._app_session);
    set.push("_app_session=; Path=/; Max-Age=0");
    return answer(200, {});
  }
  if (path === "/api/v2/tokens" && request.method === "POST") {
    const found = person ?? (body.user?.password === PASSWORD ? people[body.user.user_name] : undefined);
    if (!found) return refuse(401, "session.wrong", "Invalid User name or password.");
    const id = randomUUID();
    sessions.set(id, found.user_name);
    set.push(`_app_session=${id}; Path=/; HttpOnly; SameSite=Lax`, `CSRF-TOKEN=${randomUUID()}; Path=/; SameSite=Strict`);
    return answer(200, { id: found.id, user_name: found.user_name, group_permission: "self" });
  }
  if (path.startsWith("/api/v2/users/password-reset")) return answer(200, { data: { message: "user.password_reset.request_submitted" } });
  if (!person) return refuse(401, "session.required", "Nobody is signed in.");
  if (path === "/api/cpims/v1/session") return answer(200, { data: { user_name: person.user_name, full_name: person.full_name, id: person.id, instance: { kind: "demo", name: "Demo country", uuid: uuid(0) }, locales: ["en", "ar"], time_zone: "UTC" } });
  if (/^\/api\/v2\/users\/\d+$/.test(path)) {
    return answer(200, {
      data: { ...person, email: `${person.user_name}@example.org`, position: "Case worker", agency_name: "Agency A", agency_unique_id: "agency-a", module_unique_ids: ["primeromodule-cp"], locale: "en", user_groups: [{ name: "North field office" }], permissions: { list: person.actions.length ? [{ resource: "cases", actions: person.actions }] : [{ resource: "users", actions: ["manage"] }] }, permitted_form: { basic_identity: "rw" } },
    });
  }
  if (path === "/api/v2/forms") return answer(200, { data: forms });
  if (path === "/api/v2/lookups") return answer(200, { data: lookups, metadata: { total: lookups.length } });
  if (path === "/api/v2/locations") return answer(200, { data: [], metadata: { total: 0 } });
  if (path === "/api/v2/users") return answer(200, { data: Object.values(people), metadata: { total: 3 } });
  if (path === "/api/v2/system_settings") return answer(200, { data: settings });
  if (path === "/api/cpims/v1/cases/search") return person.actions.length ? answer(200, search(body, person)) : refuse(403, "not_permitted", "Forbidden");

  const replayed = answered.get(request.headers["idempotency-key"]);
  if (replayed) return answer(...replayed);
  const keep = (...args) => {
    if (request.headers["idempotency-key"]) answered.set(request.headers["idempotency-key"], args);
    return answer(...args);
  };
  if (path === "/api/v2/cases" && request.method === "POST") {
    if (body.data.name_first === "Refuse") return refuse(422, "invalid", "Invalid Record JSON", { detail: ["/age"] });
    const id = body.data.id ?? randomUUID();
    const now = new Date().toISOString();
    cases.set(id, { revision: 1, data: { status: "open", workflow: "new", record_state: true, owned_by: person.user_name, created_at: now, last_updated_at: now, registration_date: now.slice(0, 10), case_id_display: id.slice(-7), short_id: id.slice(-7), record_in_scope: true, name: [body.data.name_first, body.data.name_last].filter(Boolean).join(" "), ...body.data, id } });
    return keep(204, null);
  }
  const match = /^\/api\/v2\/cases\/([0-9a-f-]{36})(\/\w+)?$/.exec(path);
  const found = match && cases.get(match[1]);
  if (!found) return refuse(404, "not_found", "Not Found");
  if (match[2]) return answer(200, { data: [], metadata: { total: 0, per: 50, page: 1 } });
  const metadata = () => ({ revision: found.revision, incomplete: [], ignored: [], notices: [] });
  if (request.method === "PATCH") {
    if (body.data.name_first === "Conflict") return refuse(409, "record.conflict", "Conflict", { conflicts: [{ pointer: "/name_first", kind: "value", base: found.data.name_first ?? null, mine: "Conflict", theirs: "Nour", author: "bilal", at: new Date().toISOString() }] });
    Object.assign(found.data, body.data, { last_updated_at: new Date().toISOString() });
    found.revision += 1;
    return keep(200, { data: { id: match[1], ...body.data, last_updated_at: found.data.last_updated_at }, metadata: metadata() });
  }
  const etag = `"${found.revision}"`;
  return request.headers["if-none-match"] === etag ? answer(304, null) : answer(200, { data: found.data, metadata: metadata() }, { ETag: etag });
});
server.listen(PORT, "127.0.0.1");
