declare const brand: unique symbol

/** A plain value that the compiler keeps apart from others of the same representation. */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name }
