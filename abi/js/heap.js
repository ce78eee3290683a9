export const heap = () => undefined
