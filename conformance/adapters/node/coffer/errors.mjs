// Chapter 11: errors.

/** A refusal. `code` is a name of section 11.1, `detail` says more, in words. */
export class CofferError extends Error {
  constructor(code, detail = "") {
    super(detail ? `${code}: ${detail}` : code);
    this.name = "CofferError";
    this.code = code;
    this.detail = detail;
  }
}
export const fail = (code, detail) => { throw new CofferError(code, detail); };
